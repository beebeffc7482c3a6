"""One-time codes sent to a mobile number (ASVS 5.0: 6.5.1, 6.5.5, 6.6.3): six digits, ten minutes, five tries, one use.

Whoever asks for a code gets a ticket, whether a code was sent or not. Without one the ticket leads to a row that no code
opens, so that what follows looks and lasts the same: the asker does not learn which numbers we know (ASVS 6.3.8).
"""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import delete, select, update

from unionhall.accounts import throttle
from unionhall.accounts.models import PhoneCode
from unionhall.accounts.phones import mobile_hash
from unionhall.accounts.throttle import Limit
from unionhall.base import db
from unionhall.base.crypto import keyed_hash, new_token, seal, token_hash, unseal
from unionhall.base.errors import RuleBroken, Unavailable
from unionhall.hooks.people import Message
from unionhall.platform import channels
from unionhall.settings.queries import site_settings

CHANNEL, TEMPLATE = "sms", "code"
PURPOSE, SEALED = "accounts.phone-code", "accounts.phone-code.wish"
LASTS, TRIES, DIGITS = timedelta(minutes=10), 5, 6
ROOM = 300
PER_NUMBER = Limit(5, timedelta(hours=1))
PER_NUMBER_A_DAY = Limit(10, timedelta(hours=24))
PER_SOURCE = Limit(200, timedelta(hours=1))  # a whole works may stand behind one address
PER_SITE = Limit(2000, timedelta(minutes=5))
CHECKS_PER_SOURCE = Limit(400, timedelta(minutes=15))
Wish = Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Proved:
    """What a right code proves: that the asker holds this number, and what they wanted."""

    mobile: str
    wish: Wish


@dataclass(frozen=True, slots=True)
class Instead:
    """What a text message says in place of a code; `template` and `values` are for gateways that know approved texts only."""

    text: str
    template: str
    values: Mapping[str, str]


def can_send() -> None:
    """Raise Unavailable, before anything else is looked at, on a site that has no way to send text messages."""
    if not channels.ready(CHANNEL):
        raise Unavailable(_("本站还没有开通短信，暂时发不出验证码。请联系单位工会，或打热线请工作人员帮忙。"))


def spend(mobile: str, source: str, *, now: datetime) -> None:
    """Count one request for a code, whatever becomes of it. Raises TooMany per number, per source and for the site."""
    throttle.spend("code:source", throttle.source(source), PER_SOURCE, now=now)
    throttle.spend("code:site", "", PER_SITE, now=now)
    throttle.spend("code:number", mobile, PER_NUMBER, now=now)
    throttle.spend("code:number-day", mobile, PER_NUMBER_A_DAY, now=now)


def begin(purpose: str, mobile: str, wish: Wish, *, real: bool, now: datetime, instead: Instead | None = None) -> str:
    """Return a new ticket for a folded number; a code is sent only if `real` and there is nothing to say `instead`.

    The same rows are written and the same work is done in all three cases.
    """
    ticket, code = new_token(), f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    locked = _code_hash(token_hash(ticket), code if real else new_token())
    content = json.dumps({"mobile": mobile, "wish": dict(wish)}).ljust(ROOM)
    db.session().add(
        PhoneCode(
            purpose=purpose, ticket_hash=token_hash(ticket), phone_hash=mobile_hash(mobile), code_hash=locked,
            sealed=seal(SEALED, content), created_at=now, expires_at=now + LASTS,
        )
    )
    text = _("验证码 %(code)s，10 分钟内有效，只用于%(site)s。任何人向你要验证码都不要给。", code=code, site=site_settings().site_name)
    says = instead or Instead(text, TEMPLATE, {"code": code, "minutes": str(LASTS // timedelta(minutes=1))})
    to = mobile if real or instead else ""
    sent = Message(to, "", says.text, template=says.template, values=says.values, code=instead is None)
    channels.send(CHANNEL, sent, now=now)
    return ticket


def check(purpose: str, ticket: str, code: str, *, source: str, now: datetime) -> Proved:
    """Return what the right code proves, and use it up. Raises RuleBroken, always in the same words, and TooMany.

    Two conditional updates decide: one counts the try, the other uses the code. A wrong try stays counted.
    """
    throttle.spend("code:check", throttle.source(source), CHECKS_PER_SOURCE, now=now)
    own = token_hash(ticket)
    open_ = (
        (PhoneCode.ticket_hash == own) & (PhoneCode.purpose == purpose) & PhoneCode.used_at.is_(None) & (PhoneCode.expires_at > now)
    )
    counted = db.update_count(update(PhoneCode).where(open_, PhoneCode.tries < TRIES).values(tries=PhoneCode.tries + 1))
    row = db.session().scalar(select(PhoneCode).where(open_))
    given = _code_hash(own, "".join(filter(str.isdigit, _digits(code))))
    right = row is not None and hmac.compare_digest(row.code_hash, given)
    if not (counted and right and db.update_count(update(PhoneCode).where(open_).values(used_at=now))) or row is None:
        db.keep()
        raise RuleBroken(_("验证码不对，或者已经过期、用过了。请看最新一条短信；试错 5 次就要重新获取。"), field="code")
    content = json.loads(unseal(SEALED, row.sealed))
    return Proved(content["mobile"], content["wish"])


def sweep(now: datetime) -> None:
    """Remove codes that nobody can use any more, with the numbers that they hold."""
    db.session().execute(delete(PhoneCode).where((PhoneCode.expires_at <= now) | PhoneCode.used_at.is_not(None)))


def forget(phone_hash: str) -> None:
    """Remove every code of a number whose holder is erased."""
    db.session().execute(delete(PhoneCode).where(PhoneCode.phone_hash == phone_hash))


def _code_hash(ticket: str, code: str) -> str:
    return keyed_hash(PURPOSE, f"{ticket}:{code}")


def _digits(code: str) -> str:
    """Return what was typed with full-width digits folded; nothing longer than a code could be is looked at."""
    return code[:40].translate({0xFF10 + n: str(n) for n in range(10)})
