"""Notices and objections: opening, objecting, answering, ending exactly once, withdrawing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import update

from unionhall.base import clock, db, workdays
from unionhall.base.crypto import seal, unseal
from unionhall.base.errors import Conflict, RuleBroken
from unionhall.base.text import tidy
from unionhall.hooks.types import SYSTEM, Actor
from unionhall.orgs.models import Org
from unionhall.platform import audit
from unionhall.platform.access import require
from unionhall.platform.pagecache import purge
from unionhall.publicity import notes, queries
from unionhall.publicity.kinds import kinds
from unionhall.publicity.models import Objection, Outcome, PublicNotice, State
from unionhall.publicity.queries import HANDLE

LIST = "publicity:list"
PURPOSE = "publicity.contact"


def tag(notice_id: int) -> str:
    """Return the page cache's tag of a notice's page."""
    return f"publicity:{notice_id}"


def open_publicity(
    kind: str, owner_id: int, title: str, rows: Sequence[Sequence[str]], *, org: Org, days: int, contact: str, actor: Actor, now: datetime,
    about: str = "", follows: PublicNotice | None = None, change: str = "",
) -> PublicNotice:
    """Put rows on public view for so many working days, the first of them after today. Names in `rows` are masked already.

    `follows` is the notice that this one is the second publication of, `change` what was changed. Raises RuleBroken, Conflict.
    """
    known = kinds().get(kind)
    if known is None:
        raise LookupError(f"publicity kind {kind!r} is not brought by any feature or enabled plugin")
    if not rows or any(len(row) != len(known.columns) for row in rows):
        raise ValueError(f"rows of {kind!r} have {len(known.columns)} cells")
    if not 1 <= days <= 60:
        raise RuleBroken(_("公示期要在 1 到 60 个工作日之间。"), field="days")
    if not contact.strip():
        raise RuleBroken(_("公示要写明向谁反映：请填联系人和电话。"), field="contact")
    today = clock.local_day(now)
    notice = PublicNotice(
        org_id=org.id, kind=kind, owner_id=owner_id, title=tidy(title)[:120], about=tidy(about, one_line=False),
        contact=tidy(contact)[:120],
        rows=[[tidy(str(cell)) for cell in row] for row in rows], from_on=today, until_on=workdays.after(today, days),
        follows_id=follows.id if follows else None, change=tidy(change)[:300], created_by=actor.account_id, created_at=now, updated_at=now,
    )  # fmt: skip
    try:
        with db.session().begin_nested():
            db.session().add(notice)
            db.session().flush()
    except db.IntegrityError:
        raise Conflict(_("这一项已经在公示了，不用再开一次。")) from None
    audit.record("publicity.opened", f"publicity:{notice.id}", actor=actor, now=now, org_id=org.id, kind=kind, owner=owner_id)
    purge(LIST, *([tag(follows.id)] if follows else []))
    return notice


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody objects: who they are, how to reach them, what is wrong. `key` is the form's own: sent twice, it counts once."""

    name: str
    contact: str
    text: str
    key: str


def object_to(notice_id: int, said: Said, *, actor: Actor, now: datetime) -> Objection:
    """Keep an objection and hold the end back until it is answered. Raises RuleBroken when the time is over."""
    if found := queries.by_key(notice_id, said.key[:64]):
        return found
    running = update(PublicNotice).where(PublicNotice.id == notice_id, PublicNotice.state == State.OPEN)
    in_time = running.where(PublicNotice.until_on >= clock.local_day(now))
    if not db.update_count(in_time.values(waiting=PublicNotice.waiting + 1)):
        raise RuleBroken(_("公示期已经过了，不能在这里提异议了。仍有问题，请按页面上的联系方式向工会反映。"), code="over")
    notice = queries.notice(notice_id)
    db.session().refresh(notice)
    row = Objection(
        org_id=notice.org_id, notice_id=notice.id, account_id=actor.account_id, name=tidy(said.name)[:60],
        text=tidy(said.text, one_line=False)[:4000],
        contact_sealed=seal(PURPOSE, tidy(said.contact)[:120]) if said.contact else "", key=said.key[:64], created_at=now,
    )  # fmt: skip
    db.session().add(row)
    db.session().flush()
    audit.record("publicity.objected", f"objection:{row.id}", actor=actor, now=now, org_id=notice.org_id, notice=notice.id)
    notes.objected(row, now=now)
    purge(tag(notice.id))
    return row


def contact_of(objection: Objection, *, actor: Actor, now: datetime) -> str:
    """Return how to reach who objected, and note that somebody looked."""
    require(actor, HANDLE, objection.notice.org)
    audit.record("publicity.contact_seen", f"objection:{objection.id}", actor=actor, now=now, org_id=objection.org_id)
    return unseal(PURPOSE, objection.contact_sealed) if objection.contact_sealed else ""


def answer(objection: Objection, outcome: Outcome, text: str, *, actor: Actor, now: datetime) -> None:
    """Answer an objection; one that holds ends the notice at once, and its owner changes it. Raises Conflict when somebody was faster."""
    notice = objection.notice
    require(actor, HANDLE, notice.org)
    if actor.account_id is not None and actor.account_id == objection.account_id:
        raise RuleBroken(_("这份异议是你自己提的，请由另一位同事答复。"), code="own")
    if not (words := tidy(text, one_line=False)[:600]):
        raise RuleBroken(_("请写明核查结果，这段话会公开，不要写姓名和号码。"), field="answer")
    fresh = update(Objection).where(Objection.id == objection.id, Objection.outcome == Outcome.WAITING)
    if not db.update_count(fresh.values(outcome=outcome.value, answer=words, answered_by=actor.account_id, answered_at=now)):
        raise Conflict(_("这份异议刚刚有人答复过了，请刷新看看。"))
    counted = update(PublicNotice).where(PublicNotice.id == notice.id, PublicNotice.waiting > 0)
    db.update_count(counted.values(waiting=PublicNotice.waiting - 1, updated_at=now))
    db.session().refresh(objection)
    audit.record("publicity.answered", f"objection:{objection.id}", actor=actor, now=now, org_id=notice.org_id, outcome=outcome.value)
    notes.answered(objection, now=now)
    purge(LIST, tag(notice.id))
    if outcome is Outcome.HELD:
        _end(notice, State.UPHELD, now=now, actor=actor)


def withdraw(notice: PublicNotice, reason: str, *, actor: Actor, now: datetime, tell: bool = True) -> None:
    """Take a notice back, saying why on its page; its owner is told unless it asked for this itself. Raises RuleBroken, Conflict."""
    require(actor, HANDLE, notice.org)
    if not tidy(reason):
        raise RuleBroken(_("请写明为什么撤回，公示页会写出来。"), field="reason")
    if not _end(notice, State.WITHDRAWN, now=now, actor=actor, tell=tell, reason=tidy(reason)[:300]):
        raise Conflict(_("这份公示已经结束了，不用再撤回。"))


def end_due(now: datetime) -> int:
    """End the notices whose time is over and that no objection holds back; returns how many (a job; two may run at once)."""
    done, today = 0, clock.local_day(now)
    for notice_id in queries.due(today):
        db.session().rollback()
        with db.unit_of_work():
            notice = queries.notice(notice_id)
            if notice.kind in kinds():
                done += _end(notice, State.CLEAR, now=now, actor=SYSTEM, until=today)
    return done


def _end(
    notice: PublicNotice, state: State, *, now: datetime, actor: Actor, tell: bool = True, reason: str = "", until: date | None = None
) -> bool:
    """End a notice in a state and tell its owner, once; False when it had ended, or something holds it back."""
    running = update(PublicNotice).where(PublicNotice.id == notice.id, PublicNotice.state == State.OPEN)
    if until is not None:
        running = running.where(PublicNotice.until_on < until, PublicNotice.waiting == 0)
    if not db.update_count(running.values(state=state.value, ended_at=now, reason=reason, updated_at=now)):
        return False
    db.session().refresh(notice)
    audit.record("publicity.ended", f"publicity:{notice.id}", actor=actor, now=now, org_id=notice.org_id, state=state.value)
    purge(LIST, tag(notice.id))
    kind = kinds().get(notice.kind)
    if tell and kind:
        kind.ended(notice.owner_id, state.value, now)
    return True
