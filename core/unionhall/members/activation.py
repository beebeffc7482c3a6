"""Activation: somebody on the roster proves their number and gets an account (features.md C10).

Who is not on the roster, or only guesses, learns nothing: every well-formed try is answered alike, with the same rows
written and the same work done; a text message goes out only to a number that the roster, or an account, has.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import func, select, update

from unionhall.accounts import own, phone_codes, services, throttle
from unionhall.accounts.models import Account
from unionhall.accounts.phone_codes import Instead
from unionhall.accounts.throttle import Limit
from unionhall.base import clock, db
from unionhall.base.errors import Conflict, RuleBroken
from unionhall.base.text import fold
from unionhall.hooks.types import Event
from unionhall.members import consents, identity
from unionhall.members.consents import ConsentText
from unionhall.members.models import Member, Membership
from unionhall.platform import audit
from unionhall.platform.access import unscoped
from unionhall.platform.outbox import publish
from unionhall.settings.queries import site_settings

PURPOSE = "activate"
PER_ID = Limit(5, timedelta(hours=1))
PER_SOURCE = Limit(200, timedelta(hours=1))
PER_SITE = Limit(2000, timedelta(minutes=5))
GUARDED_AGE = 14
OTHER_DOCUMENT = re.compile(r"[A-Z]{1,3}\d{5,10}|\d{8}(\d{2})?", re.ASCII)
_DOTS = str.maketrans(dict.fromkeys("•・‧∙●.．", "·"))


@dataclass(frozen=True, slots=True)
class Claim:
    """Who somebody says they are: a name, a folded identity number, a folded mobile number; well-formed, nothing more."""

    name: str
    id_number: str
    mobile: str


def document_problem(number: str) -> str:
    """Return "" for a folded identity number that may exist, else why not: as `identity.resident_problem`, or "form"."""
    problem = identity.resident_problem(number)
    if not problem or OTHER_DOCUMENT.fullmatch(number):
        return ""
    return problem if number[:-1].isdecimal() else "form"


def needs_guardian(number: str, *, today: date) -> bool:
    """Say whether a well-formed identity number is that of somebody under fourteen (PIPL art. 31: a guardian agrees)."""
    if identity.resident_problem(number):
        return False
    born = identity.born_on(number)
    return (today.year - born.year - ((today.month, today.day) < (born.month, born.day))) < GUARDED_AGE


def name_key(name: str) -> str:
    """Return a name as it is compared: folded, without spaces, all middle dots alike."""
    return fold(name).replace(" ", "").translate(_DOTS)


def ask(claim: Claim, text: ConsentText, *, source: str, now: datetime) -> str:
    """Return a ticket for the next step, whether the claim matches the roster or not.

    Raises RuleBroken for somebody under fourteen, TooMany per identity number, mobile number, source and for the site,
    Unavailable where no text message can be sent.
    """
    phone_codes.can_send()
    if needs_guardian(claim.id_number, today=clock.local_day(now)):
        raise RuleBroken(
            _("未满 14 周岁不能在网上激活。请由监护人带着双方证件，到单位工会当面办理。"), code="guardian-needed", field="id_number"
        )
    throttle.spend("activate:source", throttle.source(source), PER_SOURCE, now=now)
    throttle.spend("activate:site", "", PER_SITE, now=now)
    throttle.spend("activate:id", claim.id_number, PER_ID, now=now)
    phone_codes.spend(claim.mobile, source, now=now)
    member, problem = _matched(claim)
    real = member is not None and problem is None
    wish: dict[str, str | int] = {"version": text.version, "digest": text.digest, "member": member.id if member is not None and real else 0}
    return phone_codes.begin(PURPOSE, claim.mobile, wish, real=real, instead=problem, now=now)


def finish(ticket: str, code: str, *, account: Account | None, source: str, now: datetime) -> Account:
    """Activate the member whose number was proved, for the account that is logged in, else for a new one.

    All in this unit of work: the link, the number, the consent. Raises RuleBroken, TooMany; Conflict when the member was
    activated meanwhile or the logged-in account is another member's.
    """
    proved = phone_codes.check(PURPOSE, ticket, code, source=source, now=now)
    found = select(Member).where(Member.id == int(proved.wish["member"])).with_for_update(of=Member)
    member = db.session().scalar(unscoped(found, why="proved"))
    if member is None or member.activated or not _still_fits(member, proved.mobile):
        raise Conflict(_("这位会员刚刚已经激活，或名册有了变动。请直接登录；不行的话，请联系单位工会。"))
    if account is None:
        account = own.create(member.org, name=member.name, mobile=proved.mobile, now=now)
    elif account.phone_hash is None:
        own.set_phone(account, proved.mobile, now=now)
    _link(member, account, proved.mobile, now)
    actor = services.actor_self(account)
    consents.give(account.id, consents.ACTIVATION, str(proved.wish["version"]), str(proved.wish["digest"]), actor=actor, now=now)
    audit.record("members.activated", f"member:{member.id}", actor=actor, now=now, org_id=member.org_id)
    publish(Event("members.activated", member.id, member.org_id), now=now)
    return account


def unlink(account_id: int, *, now: datetime) -> None:
    """End the link of a member and an account; the membership stays, and may be activated again."""
    gone = update(Member).where(Member.account_id == account_id)
    db.session().execute(gone.values(account_id=None, activated_at=None, updated_at=now, version=Member.version + 1))


def _link(member: Member, account: Account, mobile: str, now: datetime) -> None:
    free = update(Member).where(Member.id == member.id, Member.account_id.is_(None), Member.erased_at.is_(None))
    values = {
        "account_id": account.id, "activated_at": now, "updated_at": now, "version": Member.version + 1,
        "mobile_sealed": identity.seal_mobile(mobile), "mobile_hash": identity.mobile_hash(mobile),
    }  # fmt: skip
    try:
        with db.session().begin_nested():
            linked = db.update_count(free.values(**values))
    except db.IntegrityError:
        linked = 0
    if linked != 1:
        raise Conflict(_("这个账号已经属于另一位会员。请退出后再激活。"))
    db.session().refresh(member)


def _matched(claim: Claim) -> tuple[Member | None, Instead | None]:
    """Return the member whom the claim fits, and what the text message says instead of a code when there is a hitch.

    The same three questions are asked of the database, whoever it is.
    """
    id_hash, mobile_hash, site = identity.id_hash(claim.id_number), identity.mobile_hash(claim.mobile), site_settings()
    member = db.session().scalar(unscoped(select(Member).where(Member.id_hash == id_hash), why="claimed"))
    others = _holders(mobile_hash, but=member.id if member else 0)
    current = select(func.count()).select_from(Membership).where(Membership.member_id == (member.id if member else 0))
    held = db.session().scalar(unscoped(current.where(Membership.ended_on.is_(None)), why="claimed"))
    named = member is not None and name_key(member.name) == name_key(claim.name) and member.erased_at is None
    if member is None or not named or member.mobile_hash not in (None, mobile_hash):
        return None, None
    problem = None
    if member.activated:
        text = _("你已经有%(site)s的账号了，不用再激活。请直接用这个手机号登录。", site=site.site_name)
        problem = Instead(text, "members.activated_already", {"site": site.site_name})
    elif others:
        problem = Instead(_("这个手机号在名册里登记在不止一位会员名下，暂时不能激活。请联系单位工会更正。"), "members.number_shared", {})
    elif not held:
        problem = Instead(_("你的会籍已经转出或终止，不能激活。有疑问请联系原单位工会。"), "members.not_a_member", {})
    return (None, None) if problem and member.mobile_hash is None else (member, problem)  # a number we do not know is told nothing


def _still_fits(member: Member, mobile: str) -> bool:
    mobile_hash = identity.mobile_hash(mobile)
    return member.erased_at is None and member.mobile_hash in (None, mobile_hash) and not _holders(mobile_hash, but=member.id)


def _holders(mobile_hash: str, *, but: int) -> int:
    """Return how many other members the roster has with this number."""
    others = select(func.count()).select_from(Member).where(Member.mobile_hash == mobile_hash, Member.id != but)
    return db.session().scalar(unscoped(others, why="claimed")) or 0
