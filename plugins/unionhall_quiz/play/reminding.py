"""Being told when a round's day opens, for those who asked for it."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from unionhall.plugin import NoticeKind, RuleBroken, clock, member_names, notify, session, unit_of_work
from unionhall_quiz.play import attempts, calendar, pages, queries
from unionhall_quiz.play.models import Attempt, Reminder, Round

LATEST = timedelta(minutes=90)
"""A reminder that comes later than that after the opening is of no use."""
KINDS = (
    NoticeKind("quiz.opens", _l("每日一答开始提醒"), {
        "zh_CN": ("今天的题出来了：{title}", "“{title}”今天的题已经开放，{until} 截止。"),
        "en": ("Today's questions are out: {title}", "Today's questions of “{title}” are open until {until}."),
    }, {"title": "每日一答", "until": "22:00"}),
)  # fmt: skip


def choose(found: Round, member_id: int, wanted: bool, *, now: datetime) -> None:
    """Remember whether a member wants to hear of a round's openings; saying it twice is saying it once."""
    if not wanted:
        gone = delete(Reminder).where(Reminder.round_id == found.id, Reminder.member_id == member_id)
        session().execute(gone.execution_options(synchronize_session=False))
        return
    if not attempts.may(found, member_id):
        raise RuleBroken(_("“%(title)s”只面向指定工会的会员，你的会籍不在其中。", title=found.title), code=attempts.AUDIENCE)
    if queries.reminded(found.id, member_id):
        return
    try:
        with session().begin_nested():
            session().add(Reminder(round_id=found.id, member_id=member_id, since=now))
    except IntegrityError:  # asked for on two phones
        pass


def run(now: datetime) -> int:
    """Tell those who asked, once a day for each round, and not those who have begun; returns how many (a job)."""
    told = 0
    for found in queries.running():
        window = calendar.open_day(found, now)
        if window is None or now > window.opens_at + LATEST:
            continue
        begun = select(Attempt.member_id).where(Attempt.round_id == found.id, Attempt.day == window.day, Attempt.member_id.is_not(None))
        wanted = select(Reminder.member_id).where(Reminder.round_id == found.id, Reminder.member_id.not_in(begun))
        accounts = [account for _name, account in member_names(session().scalars(wanted)).values() if account]
        if accounts:
            round_id, until = found.id, calendar.hour(window.closes_at, window.day)
            said, url, org_id = {"title": found.title, "until": until}, f"{pages.url(found)}today", found.org_id
            session().rollback()
            with unit_of_work():
                notify("quiz.opens", accounts, said, key=f"{round_id}:{clock.local_day(now)}", now=now, url=url, org_id=org_id)
            told += len(accounts)
    return told
