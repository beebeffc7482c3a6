"""Transfer of a primary membership (会籍转接): one side asks, the other decides, and the membership moves in one transaction.

Membership follows the employment: join once, then move (features.md, C12). A new employer with a union takes the membership;
without one the union of the area keeps it; after a bankruptcy the union one level up does.
"""

from __future__ import annotations

from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import update

from unionhall.base import clock, db
from unionhall.base.errors import Conflict, NotAllowed, RuleBroken
from unionhall.hooks.types import Actor
from unionhall.members import roster, transfer_notices
from unionhall.members.models import Handover, Member, Membership, MemberTransfer, Status
from unionhall.members.rights import MANAGE
from unionhall.members.states import HANDED_ON
from unionhall.orgs.models import Org, OrgKind
from unionhall.platform import access, audit

AREAS = (OrgKind.CITY, OrgKind.DISTRICT, OrgKind.STREET)
KEPT_BY = (Handover.HOME_AREA, Handover.BANKRUPT)


def ask_to_send(member: Member, to_org: Org | None, kind: Handover, *, reason: str, actor: Actor, now: datetime) -> MemberTransfer:
    """The member's union asks another to take them; after a bankruptcy that is the one above. Raises NotAllowed, RuleBroken, Conflict."""
    access.require(actor, MANAGE, member.org)
    if kind is Handover.BANKRUPT:
        to_org = member.org.parent
    if to_org is None:
        raise RuleBroken(_("请选择接收会籍的工会。"), field="to_org")
    return _ask(member.id, to_org, kind, "from", reason=reason, actor=actor, now=now)


def ask_to_receive(member_id: int, to_org: Org, kind: Handover, *, reason: str, actor: Actor, now: datetime) -> MemberTransfer:
    """A union asks for somebody whose union it does not know. Raises NotAllowed, RuleBroken, Conflict."""
    access.require(actor, MANAGE, to_org)
    return _ask(member_id, to_org, kind, "to", reason=reason, actor=actor, now=now)


def ask_for_oneself(member: Member, to_org: Org | None, kind: Handover, *, reason: str, actor: Actor, now: datetime) -> MemberTransfer:
    """A member asks to be taken over: the receiving org decides, one's own may take it back. Raises NotAllowed, RuleBroken, Conflict."""
    _must_be_own(member, actor)
    if kind is Handover.BANKRUPT:
        to_org = member.org.parent
    if to_org is None:
        raise RuleBroken(_("请选择接收会籍的工会。"), field="to_org")
    return _ask(member.id, to_org, kind, "from", reason=reason, actor=actor, now=now)


def _ask(member_id: int, to_org: Org, kind: Handover, side: str, *, reason: str, actor: Actor, now: datetime) -> MemberTransfer:
    words, member = roster.why(reason), roster.lock(member_id)
    primary = _movable(member)
    roster.must_work(to_org)
    if primary.org_id == to_org.id:
        raise RuleBroken(_("主会籍已经在“%(name)s”。", name=to_org.name), field="to_org")
    if kind is Handover.HOME_AREA and to_org.kind not in AREAS:
        raise RuleBroken(_("新单位还没有工会时，请选择市、区县或街道乡镇的工会。"), field="to_org")
    if kind is Handover.BANKRUPT and side == "to" and to_org.id != primary.org.parent_id:
        raise RuleBroken(_("单位破产或注销时，会籍由它的上一级工会保留。请由上一级工会来申请。"), field="kind")
    transfer = MemberTransfer(
        member_id=member.id, org_id=primary.org_id, to_org_id=to_org.id, kind=kind.value, asked_by_side=side, reason=words,
        asked_by=actor.account_id, asked_at=now,
    )  # fmt: skip
    try:
        with db.session().begin_nested():
            db.session().add(transfer)
    except db.IntegrityError:
        raise Conflict(_("这个人已经有一份转接在等答复。先等它有结果。"), code="open") from None
    audit.record("members.transfer_asked", f"transfer:{transfer.id}", actor=actor, now=now, org_id=to_org.id, member=member.id, side=side)
    transfer_notices.asked(transfer, now=now)
    return transfer


def accept(transfer: MemberTransfer, *, effective_on: date | None = None, answer: str = "", actor: Actor, now: datetime) -> Membership:
    """The other side accepts: the primary membership moves. Returns the new one. Raises NotAllowed, Conflict, RuleBroken."""
    access.require(actor, MANAGE, transfer.deciding_org)
    member, today = roster.lock(transfer.member_id), clock.local_day(now)
    day = effective_on or today
    _decide(transfer, "accepted", answer=answer, effective_on=day, actor=actor, now=now)
    old = _movable(member)
    if old.org_id != transfer.org_id:
        raise Conflict(_("这个人的主会籍已经换了工会，这份转接不再适用。请拒绝它，再重新申请。"))
    roster.must_work(transfer.to_org)
    if not old.joined_on <= day <= today:
        raise RuleBroken(_("生效日期要在入会（%(day)s）之后，不能晚于今天。", day=old.joined_on.isoformat()), field="effective_on")
    status = Status.KEPT if transfer.kind in KEPT_BY else Status(old.status) if old.status == Status.SUSPENDED else Status.ACTIVE
    roster.end(member, old, Status.TRANSFERRED, day=day, now=now)
    roster.note(member, old, "out", reason=transfer.reason, actor=actor, now=now)
    new = next((place for place in member.memberships if place.current and place.org_id == transfer.to_org_id), None)
    if new is None:
        new = roster.join(member, transfer.to_org, status, primary=True, day=day, now=now)
    else:
        new.is_primary, new.status, new.updated_at, member.org_id = True, status.value, now, new.org_id
    roster.note(member, new, "in", reason=transfer.reason, actor=actor, now=now)
    _tell(transfer, "accepted", actor=actor, now=now)
    return new


def refuse(transfer: MemberTransfer, *, answer: str, actor: Actor, now: datetime) -> None:
    """The other side refuses, and says why. Raises NotAllowed, Conflict, RuleBroken."""
    access.require(actor, MANAGE, transfer.deciding_org)
    _decide(transfer, "refused", answer=roster.why(answer), effective_on=None, actor=actor, now=now)
    _tell(transfer, "refused", actor=actor, now=now)


def withdraw(transfer: MemberTransfer, *, actor: Actor, now: datetime) -> None:
    """Whoever asked takes it back. Raises NotAllowed, Conflict."""
    access.require(actor, MANAGE, transfer.asking_org)
    _decide(transfer, "withdrawn", answer="", effective_on=None, actor=actor, now=now)
    audit.record("members.transfer_withdrawn", f"transfer:{transfer.id}", actor=actor, now=now, org_id=transfer.asking_org.id)


def withdraw_own(transfer: MemberTransfer, *, actor: Actor, now: datetime) -> None:
    """A member takes back what they asked for themselves. Raises NotAllowed, Conflict."""
    _must_be_own(transfer.member, actor)
    if transfer.asked_by != actor.account_id:
        raise NotAllowed(_("这份转接是工会提出的。要撤回，请联系单位工会。"))
    _decide(transfer, "withdrawn", answer="", effective_on=None, actor=actor, now=now)
    audit.record("members.transfer_withdrawn", f"transfer:{transfer.id}", actor=actor, now=now, org_id=transfer.asking_org.id)


def _must_be_own(member: Member, actor: Actor) -> None:
    if member.account_id is None or member.account_id != actor.account_id:
        raise NotAllowed()


def _movable(member: Member) -> Membership:
    """Return the primary membership of somebody who may be transferred. Raises RuleBroken."""
    primary = roster.primary_of(member)
    if primary is None or Status(primary.status) not in HANDED_ON:
        raise RuleBroken(_("这个人现在没有能转接的主会籍：要先确认入会。"), code="not-movable")
    return primary


def _decide(transfer: MemberTransfer, state: str, *, answer: str, effective_on: date | None, actor: Actor, now: datetime) -> None:
    """Close an open transfer; of two who decide at once, one does. Raises Conflict for the other."""
    still = update(MemberTransfer).where(MemberTransfer.id == transfer.id, MemberTransfer.state == "asked")
    values = {"state": state, "answer": answer[:200], "effective_on": effective_on, "decided_by": actor.account_id, "decided_at": now}
    if db.update_count(still.values(**values).execution_options(synchronize_session=False)) != 1:
        raise Conflict(_("这份转接刚刚已经有了结果。请刷新后再看。"))
    db.session().refresh(transfer)


def _tell(transfer: MemberTransfer, state: str, *, actor: Actor, now: datetime) -> None:
    audit.record(f"members.transfer_{state}", f"transfer:{transfer.id}", actor=actor, now=now, org_id=transfer.deciding_org.id,
                 member=transfer.member_id)  # fmt: skip
    transfer_notices.decided(transfer, state, now=now)
