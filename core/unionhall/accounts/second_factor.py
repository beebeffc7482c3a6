"""The second factor: time-based codes (RFC 6238, 30 s, 6 digits) and ten single-use recovery codes."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import pyotp
import structlog
from flask_babel import gettext as _
from sqlalchemy import delete, func, select, update

from unionhall.accounts.models import Account, OneTimeToken
from unionhall.base import db
from unionhall.base.crypto import seal, token_hash, unseal
from unionhall.base.errors import RuleBroken
from unionhall.base.text import fold
from unionhall.platform import audit
from unionhall.platform.access import Actor, unscoped

PURPOSE, PROPOSED = "accounts.totp", "accounts.totp-proposed"
PROPOSAL_LASTS = timedelta(minutes=15)
RECOVERY = "recovery"
RECOVERY_CODES, RECOVERY_PARTS, RECOVERY_PART = 10, 3, 4
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
STEP_SECONDS, DIGITS = 30, 6
log = structlog.get_logger("unionhall.accounts")


@dataclass(frozen=True)
class Proposal:
    """A secret to bind: shown as QR code and text; `sealed` comes back with the first code. Nothing is stored yet."""

    secret: str
    sealed: str


def propose(account: Account, *, now: datetime) -> Proposal:
    """Return a new secret for somebody who has just proved the password. Raises RuleBroken when one is bound."""
    if account.has_second_factor:
        raise RuleBroken(_("已经绑定过动态口令。要换手机，请先解除绑定。"))
    secret = pyotp.random_base32()
    return Proposal(secret, seal(PROPOSED, f"{account.id} {int(now.timestamp())} {secret}"))


def proposal(account: Account, sealed: str, *, now: datetime) -> Proposal:
    """Return the proposal that this account was shown. Raises RuleBroken when it is somebody else's or stale."""
    try:
        owner, made, secret = unseal(PROPOSED, sealed).split(" ")
    except ValueError:
        raise RuleBroken(_("请重新开始绑定。")) from None
    if owner != str(account.id) or int(made) + PROPOSAL_LASTS.total_seconds() < now.timestamp():
        raise RuleBroken(_("这个二维码过期了，请重新开始绑定。"))
    return Proposal(secret, sealed)


def provisioning_uri(account: Account, secret: str, issuer: str) -> str:
    """Return the address that an authenticator app reads from the QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=account.login, issuer_name=issuer)


def confirm(account: Account, proposed: Proposal, code: str, *, actor: Actor, now: datetime) -> list[str]:
    """Bind the app when its code is right; returns the recovery codes, shown this once. Raises RuleBroken."""
    step = _matching_step(proposed.secret, _bare(code), now)
    if step is None:
        raise RuleBroken(_("口令不对或已过期。请看手机上最新的 6 位数字；手机时间要准。"), field="code")
    unbound = update(Account).where(Account.id == account.id, Account.totp_confirmed_at.is_(None))
    bind = unbound.values(totp_sealed=seal(PURPOSE, proposed.secret), totp_confirmed_at=now, totp_last_step=step)
    if db.update_count(bind) != 1:
        raise RuleBroken(_("已经绑定过动态口令。要换手机，请先解除绑定。"))
    _void_recovery(account)
    codes = [_recovery_code() for _number in range(RECOVERY_CODES)]
    db.session().add_all(
        OneTimeToken(
            account_id=account.id, purpose=RECOVERY, token_hash=_recovery_hash(account, spare), created_at=now,
            expires_at=now + timedelta(days=3650),
        )
        for spare in codes
    )
    audit.record("accounts.second_factor_on", f"account:{account.id}", actor=actor, now=now, org_id=account.org_id)
    return codes


def verify(account: Account, code: str, *, now: datetime) -> bool:
    """Say whether the code of the app, or an unused recovery code, is right; each counts once."""
    if not account.has_second_factor:
        return False
    bare = _bare(code)
    if len(bare) == DIGITS and bare.isdecimal():
        step = _matching_step(_secret(account), bare, now) or 0
        fresh = update(Account).where(Account.id == account.id, Account.totp_last_step < step)
        return db.update_count(fresh.values(totp_last_step=step)) == 1
    unused = update(OneTimeToken).where(
        OneTimeToken.account_id == account.id, OneTimeToken.purpose == RECOVERY,
        OneTimeToken.token_hash == _recovery_hash(account, bare), OneTimeToken.used_at.is_(None),
    )
    return db.update_count(unused.values(used_at=now)) == 1


def remove(account: Account, *, actor: Actor, now: datetime) -> None:
    """Unbind the app and void the recovery codes."""
    account.totp_sealed, account.totp_confirmed_at, account.totp_last_step = "", None, 0
    _void_recovery(account)
    audit.record("accounts.second_factor_off", f"account:{account.id}", actor=actor, now=now, org_id=account.org_id)


def keys_fit() -> bool:
    """Say whether the site's keys open what was sealed last; a database without anything sealed fits every key."""
    bound = select(Account.totp_sealed).where(Account.totp_sealed != "").order_by(Account.totp_confirmed_at.desc()).limit(1)
    sealed = db.session().scalar(unscoped(bound, why="keys"))
    try:
        return not sealed or bool(unseal(PURPOSE, sealed))
    except ValueError:
        return False


def recovery_left(account: Account) -> int:
    """Return how many recovery codes are still unused."""
    unused = select(func.count()).select_from(OneTimeToken).where(
        OneTimeToken.account_id == account.id, OneTimeToken.purpose == RECOVERY, OneTimeToken.used_at.is_(None)
    )
    return db.session().scalar(unused) or 0


def _bare(code: str) -> str:
    """Return a code as meant: full-width digits, capitals, spaces and hyphens read kindly."""
    return "".join(fold(code).split()).replace("-", "")


def _secret(account: Account) -> str:
    """Return the bound secret; empty, so that no code fits, when the site's key was lost."""
    try:
        return unseal(PURPOSE, account.totp_sealed)
    except ValueError:
        log.error("second factor cannot be read", account=account.id)
        return ""


def _matching_step(secret: str, code: str, now: datetime) -> int | None:
    """Return the time step that the code belongs to: this one, the one before or the one after."""
    current = int(now.timestamp()) // STEP_SECONDS
    steps = (current - 1, current, current + 1) if secret else ()
    totp = pyotp.TOTP(secret)
    return next((step for step in steps if secrets.compare_digest(totp.at(step * STEP_SECONDS).encode(), code.encode())), None)


def _recovery_code() -> str:
    return "-".join("".join(secrets.choice(ALPHABET) for _mark in range(RECOVERY_PART)) for _part in range(RECOVERY_PARTS))


def _recovery_hash(account: Account, code: str) -> str:
    return token_hash(f"{account.id}:{_bare(code)}")


def _void_recovery(account: Account) -> None:
    db.session().execute(delete(OneTimeToken).where(OneTimeToken.account_id == account.id, OneTimeToken.purpose == RECOVERY))
