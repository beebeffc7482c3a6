"""Who signs up: a member, an account, a guest; and whether a sheet is for them, with what to do when it is not."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from unionhall.base.crypto import keyed_hash
from unionhall.base.errors import RuleBroken
from unionhall.base.text import tidy
from unionhall.hooks.types import Actor
from unionhall.host.registry import host
from unionhall.members import identity
from unionhall.members import queries as members
from unionhall.members.models import Member
from unionhall.signups.models import Audience, Sheet

GUEST, HOUSEHOLD = "signups.guest", "signups.household"


@dataclass(frozen=True, slots=True)
class Applicant:
    """Somebody who signs up, with what the organiser is given: name, union, sealed mobile number and its last four digits."""

    person: str
    name: str
    household: str
    member_id: int | None = None
    account_id: int | None = None
    union_name: str = ""
    mobile_sealed: str = ""
    mobile_tail: str = ""


@dataclass(frozen=True, slots=True)
class Admission:
    """Whether somebody may sign up; if not, why, and where to go for it."""

    ok: bool
    why: str = ""
    url: str = ""
    action: str = ""


def of_member(member: Member) -> Applicant:
    """Return a member of the roster as an applicant: nothing to type, nothing to change."""
    held = members.current_memberships([member.id]).get(member.id, [])
    return Applicant(
        f"m:{member.id}", member.name, f"h:{member.household_hash}" if member.household_hash else f"m:{member.id}", member.id,
        member.account_id, held[0].org.name if held else member.org.name, member.mobile_sealed,
        identity.open_mobile(member.mobile_sealed)[-4:],
    )  # fmt: skip


def of_account(actor: Actor) -> Applicant:
    """Return somebody with an account who is not on the roster."""
    return Applicant(f"a:{actor.account_id}", actor.name, f"a:{actor.account_id}", account_id=actor.account_id)


def guest(name: str, mobile: str) -> Applicant:
    """Return somebody without an account, known by their mobile number. Raises RuleBroken for one that cannot be."""
    number = identity.folded(mobile)
    if not identity.is_mobile(number):
        raise RuleBroken(_("手机号要写 11 位数字，例如 13800002617。"), field="mobile")
    if not tidy(name):
        raise RuleBroken(_("还没有填姓名。"), field="name")
    person = "g:" + keyed_hash(GUEST, number)
    return Applicant(
        person, tidy(name)[:60], person, mobile_sealed=identity.seal_mobile(number), mobile_tail=number[-4:]
    )


def is_guest(who: Applicant) -> bool:
    """Say whether somebody is known by a mobile number only."""
    return is_guest_key(who.person)


def is_guest_key(person: str) -> bool:
    """Say the same of the key that an entry keeps."""
    return person.startswith("g:")


def present(actor: Actor) -> Applicant | None:
    """Return who is logged in, as an applicant; None for a stranger."""
    if not actor.known:
        return None
    member = members.current_member()
    return of_member(member) if member else of_account(actor)


def admission(sheet: Sheet, who: Applicant | None) -> Admission:
    """Say whether a sheet is for this person; None is a stranger. The address leads to what has to be done first."""
    allowed = _audience(sheet, who)
    if not allowed.ok or who is None:
        return allowed
    asked = host().call("unionhall_may_sign_up", owner_kind=sheet.owner_kind, owner_id=sheet.owner_id, member_id=who.member_id)
    refusal = next((str(answer) for answer in asked if answer), "")
    return Admission(False, refusal, sheet.owner_url, _("看说明")) if refusal else allowed


def _audience(sheet: Sheet, who: Applicant | None) -> Admission:
    """Say whether somebody is among those whom the sheet names."""
    audience, here = Audience(sheet.audience), f"/signups/{sheet.id}/"
    if audience == Audience.PUBLIC:
        return Admission(True)
    if who is None or is_guest(who):
        why = _("登录以后才能报，这样我们知道是谁报的。第一次来？先激活会员，激活好会回到这里。")
        return Admission(False, why, f"/login?next={here}", _("登录后报名"))
    if audience == Audience.ACCOUNT or (who.member_id and audience == Audience.MEMBERS):
        return Admission(True)
    if who.member_id is None:
        why = _("这项报名只对已激活的会员开放。你的账号还没有和会员名册对上，激活会员后再来，名额先到先得。")
        return Admission(False, why, f"/activate?next={here}", _("去激活会员"))
    org = sheet.audience_org or sheet.org
    if members.covers(who.member_id, org.path):
        return Admission(True)
    why = _("这项报名只对“%(org)s”及下级的会员开放，你的会籍不在这里。换了单位可以申请转接；登记有误请联系单位工会。", org=org.name)
    return Admission(False, why, "/my/memberships/", _("看我的会籍"))
