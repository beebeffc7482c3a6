"""The second factor: time-based codes (RFC 6238, 30 s, 6 digits) and ten single-use recovery codes."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

import pyotp
from flask_babel import gettext as _
from sqlalchemy import delete, update

from unionhall.accounts.models import Account, OneTimeToken
from unionhall.base import db
from unionhall.base.crypto import seal, token_hash, unseal
from unionhall.base.errors import RuleBroken
from unionhall.platform import audit
from unionhall.platform.access import Actor

PURPOSE = "accounts.totp"
RECOVERY = "recovery"
RECOVERY_CODES = 10
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"


def propose(account: Account) -> str:
    """Return the secret to show, made once and kept sealed until it is confirmed."""
    if account.totp_sealed and not account.totp_confirmed_at:
        return unseal(PURPOSE, account.totp_sealed)
    if account.totp_confirmed_at:
        raise RuleBroken(_("已经绑定过动态口令。要换手机，请先解除绑定。"))
    secret = pyotp.random_base32()
    account.totp_sealed = seal(PURPOSE, secret)
    db.session().flush()
    return secret


def provisioning_uri(account: Account, secret: str, issuer: str) -> str:
    """Return the address that an authenticator app reads from the QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=account.login, issuer_name=issuer)


def confirm(account: Account, code: str, *, actor: Actor, now: datetime) -> list[str]:
    """Bind the app when its code is right; returns the recovery codes, shown this once. Raises RuleBroken."""
    if not account.totp_sealed or account.totp_confirmed_at:
        raise RuleBroken(_("请先扫码，再输入手机上的 6 位数字。"), field="code")
    if not _step(account, code, now):
        raise RuleBroken(_("口令不对或已过期。请看手机上最新的 6 位数字；手机时间要准。"), field="code")
    account.totp_confirmed_at = now
    codes = ["".join(secrets.choice(ALPHABET) for _i in range(10)) for _j in range(RECOVERY_CODES)]
    db.session().execute(
        delete(OneTimeToken).where(OneTimeToken.account_id == account.id, OneTimeToken.purpose == RECOVERY)
    )
    for spare in codes:
        db.session().add(
            OneTimeToken(
                account_id=account.id, purpose=RECOVERY, token_hash=token_hash(f"{account.id}:{spare}"),
                created_at=now, expires_at=now + timedelta(days=3650),
            )
        )
    audit.record("accounts.second_factor_on", f"account:{account.id}", actor=actor, now=now, org_id=account.org_id)
    return codes


def verify(account: Account, code: str, *, now: datetime) -> bool:
    """Say whether the code of the app, or an unused recovery code, is right; each counts once."""
    folded = "".join(code.lower().split()).replace("-", "")
    if folded.isdigit() and len(folded) == 6:
        return _step(account, folded, now)
    spent = (
        update(OneTimeToken)
        .where(
            OneTimeToken.account_id == account.id, OneTimeToken.purpose == RECOVERY,
            OneTimeToken.token_hash == token_hash(f"{account.id}:{folded}"), OneTimeToken.used_at.is_(None),
        )
        .values(used_at=now)
    )
    return db.update_count(spent) == 1


def remove(account: Account, *, actor: Actor, now: datetime) -> None:
    """Unbind the app and void the recovery codes."""
    account.totp_sealed, account.totp_confirmed_at, account.totp_last_step = "", None, 0
    db.session().execute(
        delete(OneTimeToken).where(OneTimeToken.account_id == account.id, OneTimeToken.purpose == RECOVERY)
    )
    audit.record("accounts.second_factor_off", f"account:{account.id}", actor=actor, now=now, org_id=account.org_id)


def _step(account: Account, code: str, now: datetime) -> bool:
    """Accept a code one step early or late; a conditional update keeps a step from counting twice."""
    totp = pyotp.TOTP(unseal(PURPOSE, account.totp_sealed))
    current = int(now.timestamp()) // 30
    for step in (current - 1, current, current + 1):
        if secrets.compare_digest(totp.at(step * 30), "".join(code.split())):
            fresh = update(Account).where(Account.id == account.id, Account.totp_last_step < step)
            return db.update_count(fresh.values(totp_last_step=step)) == 1
    return False
