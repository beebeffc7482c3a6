"""Handing a place over: one person's accepted entry becomes another's, and nobody who waits comes in between."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _

from unionhall.base import db
from unionhall.base.errors import Conflict, RuleBroken
from unionhall.hooks.types import Actor
from unionhall.platform import audit
from unionhall.signups import entries, notes, people, places, queries, waiting
from unionhall.signups.entries import Wish
from unionhall.signups.models import Entry, Pick, Sheet, State, Unit
from unionhall.signups.people import Applicant


def hand_over(entry: Entry, to: Applicant, *, actor: Actor, now: datetime) -> Entry:
    """Give an accepted entry's place to somebody else; returns their entry, accepted, with the same choices.

    Free text, numbers and files are the first person's own and do not go along. Whoever calls judges that both want it.
    Raises Conflict when the entry holds no place any more, or the taker is on the sheet; RuleBroken when it is not for them.
    """
    sheet = places.lock(entry.sheet_id)
    db.session().refresh(entry)
    _require_free(sheet, entry, now)
    _require_fit(sheet, entry, to)
    picks = [pick.choice_id for pick in entry.picks]
    waiting.move(entry, State.CANCELLED, now=now, reason=str(_("名额转给了别人")))
    made = entries.new_entry(sheet, to, entry.holds, Wish(), now)
    made.state, made.approved_at = State.ACCEPTED.value, now
    made.picks = [Pick(choice_id=choice_id) for choice_id in picks]
    db.session().add(made)
    db.session().flush()
    audit.record("signups.handed_over", f"signup:{entry.id}", actor=actor, now=now, org_id=sheet.org_id, sheet=sheet.id, to=made.id)
    notes.tell("handed_over", entry, now=now, key=str(made.id))
    notes.tell("taken_over", made, now=now, key=str(entry.id))
    return made


def _require_free(sheet: Sheet, entry: Entry, now: datetime) -> None:
    """Raise for an entry that holds no single place which could still be somebody else's."""
    if sheet.unit == Unit.TEAM or entry.people:
        raise RuleBroken(_("队伍和带着同行的报名不能转给别人。请先取消，再由对方来报。"))
    until = sheet.starts_at or sheet.over_at
    if entry.state != State.ACCEPTED or entry.checked_in_at or (until is not None and now >= until):
        raise Conflict(_("这个名额已经不能转了：报名取消了、已经签到，或者已经开始。"), code="not-yours-to-give")


def _require_fit(sheet: Sheet, entry: Entry, to: Applicant) -> None:
    """Raise when the taker is on the sheet, or may not be."""
    if queries.live(sheet.id, to):
        raise Conflict(_("“%(name)s”已经在这张报名表上了。", name=to.name), code="already")
    if sheet.unit == Unit.HOUSEHOLD and (theirs := queries.of_household(sheet.id, to)) and theirs.id != entry.id:
        raise RuleBroken(_("每户只报一份，对方家里已经有人报了名。"), code="household")
    allowed = people.admission(sheet, to)
    if not allowed.ok:
        raise RuleBroken(allowed.why, code="not-for-you")
