"""What the quiz holds about a person: attempts and wishes to be reminded. And what goes over when orgs are merged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select, update

from unionhall.plugin import Kept, Person, PersonalData, orgs_by_ids, session, unscoped
from unionhall_quiz.play import labels, queries
from unionhall_quiz.play.models import Attempt, AttemptState, Reminder, Round

QUIET = {"synchronize_session": False}


def export(person: Person) -> Mapping[str, Any]:
    """Return somebody's attempts with what they chose, and the rounds of which they wish to be reminded."""
    if person.member_id is None:
        return {}
    mine = select(Attempt).where(Attempt.member_id == person.member_id).order_by(Attempt.id)
    attempts = list(session().scalars(unscoped(mine, why="oneself")))
    wishes = list(session().scalars(select(Reminder.round_id).where(Reminder.member_id == person.member_id)))
    titles = {number: found.title for number, found in queries.by_ids(wishes).items()}
    if not attempts and not wishes:
        return {}
    return {_("答题"): [_told(row) for row in attempts], _("开始提醒"): [titles[number] for number in wishes if number in titles]}


def _told(row: Attempt) -> dict[str, Any]:
    questions = {str(question["id"]): question for question in row.paper.questions}
    chosen = [
        {_("题目"): questions[number]["text"], _("所选"): [
            option["text"] for option in questions[number]["options"] if str(option["key"]) in keys
        ]} for number, keys in row.chosen.items() if number in questions
    ]  # fmt: skip
    return {
        _("名称"): row.paper.round.title, _("日期"): row.day.isoformat(), _("第几次"): row.number,
        _("状态"): str(labels.ATTEMPTS[row.state]), _("得分"): row.score,
        _("题数"): row.total, _("通过"): row.passed, _("开始时间"): row.began_at.isoformat(),
        _("交的时间"): row.scored_at.isoformat() if row.scored_at else None, _("标记"): labels.flags(row.flag), _("作答"): chosen,
    }  # fmt: skip


def erase(person: Person, now: datetime) -> Iterable[Kept]:
    """Take the person off their attempts, and out of the reminders; what stays is a count without anybody."""
    if person.member_id is None:
        return []
    mine = Attempt.member_id == person.member_id
    session().execute(delete(Attempt).where(mine, Attempt.state != AttemptState.SCORED).execution_options(**QUIET))
    blank: dict[str, Any] = {"member_id": None, "chosen": {}, "order": []} | dict.fromkeys(
        ("source", "device", "flag", "looked_note", "nonce"), ""
    )
    session().execute(update(Attempt).where(mine).values(**blank).execution_options(**QUIET))
    session().execute(delete(Reminder).where(Reminder.member_id == person.member_id).execution_options(**QUIET))
    session().expire_all()
    return []


def hand_over(source_id: int, target_id: int) -> None:
    """Give the rounds of an org to the one that it is merged into; who could answer still can."""
    orgs = orgs_by_ids([source_id, target_id])
    session().execute(update(Round).where(Round.org_id == source_id).values(org_id=target_id).execution_options(**QUIET))
    if source_id in orgs and target_id in orgs:
        moved = update(Round).where(Round.audience_path == orgs[source_id].path).values(audience_path=orgs[target_id].path)
        session().execute(moved.execution_options(**QUIET))
    session().expire_all()


PERSONAL = PersonalData("quiz.attempts", _l("每日一答：答题记录和提醒"), export, erase)
