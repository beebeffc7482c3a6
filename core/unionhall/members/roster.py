"""What is done to the roster: enrol, correct, suspend, resume, keep on, let go, a second union, another primary one.

Every step judges the actor at the membership's union, waits its turn at the member's row, and is kept with who, when and why
(`MembershipChange`, the audit trail). The reason stands in the history only: it may name people.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import islice

from flask_babel import gettext as _
from sqlalchemy import select

from unionhall.base import clock, db
from unionhall.base.errors import Conflict, RuleBroken
from unionhall.base.text import tidy
from unionhall.hooks.types import Actor
from unionhall.members import identity, names, roster_bulk, roster_checks
from unionhall.members.models import Member, Membership, MembershipChange, Status
from unionhall.members.rights import MANAGE
from unionhall.members.roster_checks import Fields
from unionhall.members.states import STEPS, may
from unionhall.orgs.models import Org
from unionhall.platform import access, audit


class OnRosterElsewhere(RuleBroken):
    """The person belongs to a union already; where, is not said. A transfer or a second union is the way."""

    code = "elsewhere"

    def __init__(self, member: Member) -> None:
        super().__init__(_("这个证件号已经在名册上。要把会籍转过来，请申请转接；只是来参加活动，可以加入为第二工会。"), field="id_number")
        self.member_id = member.id


@dataclass(frozen=True, slots=True)
class Enrolment:
    """One person to enrol with `enrol_many`; the number is 18 digits, unchecked."""

    org_id: int
    name: str
    id_number: str
    mobile: str = ""
    employer: str = ""
    job: str = ""
    joined_on: date | None = None
    status: Status = Status.ACTIVE


def add(org: Org, fields: Fields, *, pending: bool = False, actor: Actor, now: datetime) -> Member:
    """Enrol one person. Raises NotAllowed, RuleBroken; OnRosterElsewhere for somebody who belongs to a union already."""
    access.require(actor, MANAGE, org)
    must_work(org)
    asked = roster_checks.checked(fields, clock.local_day(now))
    found = by_number(asked.id_number)
    status = Status.PENDING if pending else Status.ACTIVE
    if found is not None:
        return _rejoin(found, org, asked, status, actor=actor, now=now)
    person = roster_bulk.ready(
        org.id, asked.name, asked.id_number, id_kind=asked.id_kind, mobile=asked.mobile, employer=asked.employer, job=asked.job,
        joined_on=asked.joined_on, status=status.value,
    )  # fmt: skip
    try:
        with db.session().begin_nested():
            made = roster_bulk.insert_people([person], act="joined", today=clock.local_day(now), actor=actor, now=now)
    except db.IntegrityError:
        raise Conflict(_("刚刚有人录入了同一个证件号。请在名册里查一下。")) from None
    member_id, _place = made[person.id_hash]
    audit.record("members.joined", f"member:{member_id}", actor=actor, now=now, org_id=org.id, status=status.value)
    return lock(member_id)


def _rejoin(member: Member, org: Org, asked: Fields, status: Status, *, actor: Actor, now: datetime) -> Member:
    """Take somebody back who belongs to no union any more; their name must be the one known. Raises RuleBroken."""
    member = lock(member.id)
    if not names.same(member.name, asked.name):
        raise RuleBroken(_("这个证件号已经在名册上，但姓名不一样。请核对证件。"), code="other-name", field="name")
    current = [place for place in member.memberships if place.current]
    if any(place.org_id == org.id for place in current):
        raise RuleBroken(_("这个人已经在“%(name)s”的名册上。", name=org.name), code="here", field="id_number")
    if current:
        raise OnRosterElsewhere(member)
    _say(member, replace(asked, id_number=""))
    place = join(member, org, status, primary=True, day=asked.joined_on or clock.local_day(now), now=now)
    note(member, place, "rejoined", actor=actor, now=now)
    audit.record("members.joined", f"member:{member.id}", actor=actor, now=now, org_id=org.id, status=status.value)
    return member


def edit(member: Member, fields: Fields, *, version: int, no_mobile: bool = False, actor: Actor, now: datetime) -> None:
    """Correct what is said of a person; an empty number stays as it is. Raises Conflict, NotAllowed, RuleBroken."""
    access.require(actor, MANAGE, member.org)
    member = lock(member.id)
    if member.version != version:
        raise Conflict(_("你打开这一页之后，有人改过“%(name)s”的资料。下面是你填写的内容，请对照最新资料再保存一次。", name=member.name))
    asked = roster_checks.checked(replace(fields, id_kind=fields.id_kind or member.id_kind), clock.local_day(now), whole=False)
    if asked.id_number and (other := by_number(asked.id_number)) is not None and other.id != member.id:
        raise RuleBroken(_("名册上已经有人用这个证件号。请核对证件。"), code="taken", field="id_number")
    changed = _say(member, asked, no_mobile=no_mobile)
    if asked.joined_on and (place := primary_of(member)) is not None and place.joined_on != asked.joined_on:
        place.joined_on, place.updated_at = asked.joined_on, now
        changed.append("joined")
    if not changed:
        return
    try:
        with db.session().begin_nested():
            note(member, None, "edited", fields=",".join(changed), actor=actor, now=now)
    except db.IntegrityError:
        raise RuleBroken(_("名册上已经有人用这个证件号。请核对证件。"), code="taken", field="id_number") from None
    audit.record("members.edited", f"member:{member.id}", actor=actor, now=now, org_id=member.org_id, fields=",".join(changed))


def _say(member: Member, asked: Fields, *, no_mobile: bool = False) -> list[str]:
    """Write checked fields into a member; returns what changed. Empty ones are left alone, but employer and job."""
    changed = [name for name, old, new in (
        ("name", member.name, asked.name), ("employer", member.employer, asked.employer), ("job", member.job, asked.job),
    ) if old != new]  # fmt: skip
    member.name, member.name_key, member.employer, member.job = asked.name, names.name_key(asked.name), asked.employer, asked.job
    if asked.id_number and identity.id_hash(asked.id_number) != member.id_hash:
        member.id_sealed, member.id_hash = identity.seal_id(asked.id_number), identity.id_hash(asked.id_number)
        member.id_kind = asked.id_kind
        changed.append("id")
    if no_mobile and member.mobile_hash:
        member.mobile_sealed, member.mobile_hash = "", None
        changed.append("mobile")
    elif asked.mobile and identity.mobile_hash(asked.mobile) != member.mobile_hash:
        member.mobile_sealed, member.mobile_hash = identity.seal_mobile(asked.mobile), identity.mobile_hash(asked.mobile)
        changed.append("mobile")
    return changed


def take_step(membership: Membership, name: str, *, reason: str, actor: Actor, now: datetime) -> None:
    """Take a step of `states.STEPS` with a membership. Raises Conflict for one that its state does not allow, NotAllowed, RuleBroken."""
    access.require(actor, MANAGE, membership.org)
    step, words = STEPS[name], why(reason)
    member = lock(membership.member_id)
    if not may(step, membership):
        raise Conflict(_("会籍的状态已经变了，这一步现在做不了。请刷新后再看。"))
    membership.status, membership.updated_at = step.target.value, now
    if step.target is Status.LEFT:
        end(member, membership, Status.LEFT, day=clock.local_day(now), now=now)
    act = "ended" if step.target is Status.LEFT and not membership.is_primary else name
    note(member, membership, act, reason=words, actor=actor, now=now)
    audit.record(f"members.{act}", f"member:{member.id}", actor=actor, now=now, org_id=membership.org_id, membership=membership.id)


def join_second(member_id: int, org: Org, *, reason: str, actor: Actor, now: datetime) -> Membership:
    """Make an org the second union of somebody who has a primary one. Raises NotAllowed, RuleBroken, Conflict."""
    access.require(actor, MANAGE, org)
    must_work(org)
    member, words = lock(member_id), why(reason)
    if primary_of(member) is None:
        raise RuleBroken(_("这个人现在没有主会籍。请先办理入会。"))
    if any(place.current and place.org_id == org.id for place in member.memberships):
        raise RuleBroken(_("这个人已经在“%(name)s”的名册上。", name=org.name), code="here", field="org_id")
    place = join(member, org, Status.ACTIVE, primary=False, day=clock.local_day(now), now=now)
    note(member, place, "second", reason=words, actor=actor, now=now)
    audit.record("members.second", f"member:{member.id}", actor=actor, now=now, org_id=org.id, membership=place.id)
    return place


def make_primary(membership: Membership, *, reason: str, actor: Actor, now: datetime) -> None:
    """Make a current membership the primary one; who has another must look after both. Raises NotAllowed, Conflict, RuleBroken."""
    access.require(actor, MANAGE, membership.org)
    words, member = why(reason), lock(membership.member_id)
    if not membership.current or membership.is_primary:
        raise Conflict(_("会籍的状态已经变了，这一步现在做不了。请刷新后再看。"))
    if (before := primary_of(member)) is not None:
        access.require(actor, MANAGE, before.org)
        before.is_primary, before.updated_at = False, now
        db.session().flush()
    membership.is_primary, membership.updated_at, member.org_id = True, now, membership.org_id
    note(member, membership, "primary", reason=words, actor=actor, now=now)
    audit.record("members.primary", f"member:{member.id}", actor=actor, now=now, org_id=membership.org_id, membership=membership.id)


def enrol_many(rows: Iterable[Enrolment], *, actor: Actor, now: datetime) -> list[int]:
    """Enrol many people quickly; those whose number is known are left out. Returns the new members' ids in the rows' order.

    Names and numbers are taken as they are: the caller has checked them. Raises NotAllowed unless the actor manages every org.
    """
    people = [
        roster_bulk.ready(row.org_id, names.tidied(row.name), identity.folded(row.id_number), mobile=row.mobile, employer=row.employer,
                          job=row.job, joined_on=row.joined_on, status=row.status.value)
        for row in rows
    ]  # fmt: skip
    for org in db.session().scalars(select(Org).where(Org.id.in_({each.org_id for each in people}))):
        access.require(actor, MANAGE, org)
    made: list[int] = []
    unique: dict[str, roster_bulk.Ready] = {}
    for each in people:
        unique.setdefault(each.id_hash, each)
    waiting = iter(unique.values())
    while part := list(islice(waiting, roster_bulk.CHUNK)):
        taken = roster_bulk.known(each.id_hash for each in part)
        fresh = [each for each in part if each.id_hash not in taken]
        stored = roster_bulk.insert_people(fresh, act="joined", today=clock.local_day(now), actor=actor, now=now)
        made += [stored[each.id_hash][0] for each in fresh]
    audit.record("members.enrolled", "members", actor=actor, now=now, people=len(made))
    return made


def by_number(number: str) -> Member | None:
    """Return whoever has a folded identity number, wherever they are: for services that say nothing of where."""
    wanted = select(Member).where(Member.id_hash == identity.id_hash(number))
    found: Member | None = db.session().scalar(access.unscoped(wanted, why="the number is unique"))
    return found


def check_name(member_id: int, name: str) -> None:
    """Raise RuleBroken unless this is a member's name: who knows only a number learns nothing more by it."""
    known = db.session().scalars(access.unscoped(select(Member.name).where(Member.id == member_id), why="compared")).one()
    if not names.same(known, name):
        raise RuleBroken(_("这个证件号已经在名册上，但姓名不一样。请核对证件。"), code="other-name", field="name")


def lock(member_id: int) -> Member:
    """Return a member, read again and held until this unit of work ends, so that steps follow each other."""
    db.session().flush()
    held = select(Member.id).where(Member.id == member_id).with_for_update()  # of one table: a joined org might be another by then
    db.session().execute(access.unscoped(held, why="locked for a step"))
    wanted = select(Member).where(Member.id == member_id).execution_options(populate_existing=True)
    member = db.session().scalars(access.unscoped(wanted, why="locked for a step")).one()
    again = select(Membership).where(Membership.member_id == member_id).execution_options(populate_existing=True)
    db.session().scalars(access.unscoped(again, why="locked for a step")).all()
    db.session().expire(member, ["memberships"])
    return member


def primary_of(member: Member) -> Membership | None:
    """Return the current primary membership."""
    return next((place for place in member.memberships if place.current and place.is_primary), None)


def end(member: Member, place: Membership, status: Status, *, day: date, now: datetime) -> None:
    """End a membership on a day, as left or transferred; the member stands with their next union, if there is one."""
    place.status, place.ended_on, place.updated_at = status.value, day, now
    rest = [other for other in member.memberships if other.current and other.id != place.id]
    if place.is_primary and rest:
        member.org_id = rest[0].org_id
    db.session().flush()


def why(reason: str) -> str:
    """Return a reason as it is kept. Raises RuleBroken when there is none."""
    words = tidy(reason)
    if not words:
        raise RuleBroken(_("请写明原因，会记入档案。"), field="reason")
    return words[:200]


def must_work(org: Org) -> None:
    """Raise RuleBroken for an org that was closed or merged."""
    if not org.active:
        raise RuleBroken(_("“%(name)s”已关闭或已合并，不能再接收会员。", name=org.name), field="org_id")


def join(member: Member, org: Org, status: Status, *, primary: bool, day: date, now: datetime) -> Membership:
    """Give a member a membership. Raises Conflict when somebody else did just now."""
    stamped = {"joined_on": day, "created_at": now, "updated_at": now}
    place = Membership(member_id=member.id, org_id=org.id, is_primary=primary, status=status.value, **stamped)
    try:
        with db.session().begin_nested():
            db.session().add(place)
    except db.IntegrityError:
        raise Conflict(_("刚刚有人给这个人办了会籍。请刷新后再看。")) from None
    if primary:
        member.org_id = org.id
    db.session().expire(member, ["memberships"])
    return place


def note(
    member: Member, place: Membership | None, act: str, *, reason: str = "", fields: str = "", actor: Actor, now: datetime
) -> None:
    """Keep a step in the history, and mark the member as changed."""
    member.version, member.updated_at = member.version + 1, now
    db.session().add(MembershipChange(
        member_id=member.id, membership_id=place.id if place else None, at=now, act=act, status=place.status if place else None,
        detail={"fields": fields} if fields else {}, reason=reason, actor_id=actor.account_id,
    ))  # fmt: skip
    db.session().flush()

