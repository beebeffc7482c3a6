"""People who belong to no union and ask for one at a chapter: the union above calls them. Kept for half a year at most."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from unionhall.plugin import (
    Actor,
    RuleBroken,
    ThrottleLimit,
    folded_mobile,
    is_mobile,
    keyed_hash,
    require,
    scoped,
    seal,
    session,
    throttle,
    tidy,
    unit_of_work,
    unseal,
)
from unionhall_chapters import rights
from unionhall_chapters.joining.models import Unorganised
from unionhall_chapters.models import Chapter

PURPOSE, KEPT = "chapters.unorganised", timedelta(days=180)
TRIES = ThrottleLimit(10, timedelta(hours=1))


def put_down(chapter: Chapter, *, name: str, mobile: str, employer: str, source: str, account_id: int | None, now: datetime) -> None:
    """Put somebody on the list of the union above; a second time is the same. Raises RuleBroken, TooMany."""
    throttle(PURPOSE, source, TRIES, now=now)
    number, called = folded_mobile(mobile), tidy(name)[:60]
    if not called:
        raise RuleBroken(_("请填写姓名，工会的同志好称呼你。"), field="name")
    if not is_mobile(number):
        raise RuleBroken(_("手机号应为 11 位，以 1 开头。请再核对一遍。"), field="mobile")
    made = Unorganised(
        org_id=chapter.parent_id, chapter_id=chapter.id, account_id=account_id, name=called, employer=tidy(employer)[:120],
        mobile_sealed=seal(PURPOSE, number), mobile_hash=keyed_hash(PURPOSE, number), asked_at=now,
    )  # fmt: skip
    try:
        with session().begin_nested():
            session().add(made)
    except IntegrityError:
        return


def listed(actor: Actor, below: str, *, done: bool = False) -> list[Unorganised]:
    """Return who waits to be called within the scope, the oldest first, or who was."""
    wanted = select(Unorganised).where(Unorganised.state == ("done" if done else "open")).order_by(Unorganised.asked_at, Unorganised.id)
    return list(session().scalars(scoped(wanted.limit(300), Unorganised, actor, rights.FOUND, below)))


def settle(row: Unorganised, path: str, *, outcome: str, actor: Actor, now: datetime) -> None:
    """Note what came of a call. Raises NotAllowed, RuleBroken."""
    require(actor, rights.FOUND, path)
    if not (words := tidy(outcome)[:200]):
        raise RuleBroken(_("请写一句联系的结果。"), field="outcome")
    row.state, row.outcome, row.done_at, row.done_by = "done", words, now, actor.account_id
    session().flush()


def mobile(row: Unorganised) -> str:
    """Return the number to call: they left it for that."""
    return unseal(PURPOSE, row.mobile_sealed)


def forget_old(now: datetime) -> None:
    """Remove who has been on the list for half a year (the job)."""
    with unit_of_work():
        session().execute(delete(Unorganised).where(Unorganised.asked_at < now - KEPT).execution_options(synchronize_session=False))
