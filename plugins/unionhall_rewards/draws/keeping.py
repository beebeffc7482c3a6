"""What draws hold about people: an entry keeps its pseudonym, its person is forgotten; orgs that end hand their draws over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select, update

from unionhall.plugin import Kept, Person, PersonalData, session, unscoped
from unionhall_rewards.draws import entering, queries
from unionhall_rewards.draws.entering import Outcome
from unionhall_rewards.draws.models import Draw, DrawState, Entry, WinCount
from unionhall_rewards.fund.labels import yuan

KEEP = timedelta(days=3 * 365)
"""Lists of winners are kept for at least two years by law (rules on promotions, art. 19); we keep three."""
ALL = 100_000


def export(person: Person) -> Mapping[str, Any]:
    """Return a person's chances and what came of them."""
    rows = queries.latest_of(person.member_id, ALL) if person.member_id else []
    told = [
        {
            _("抽奖"): draw.title, _("哪天"): entry.day.isoformat(), _("抽奖号"): entry.code,
            _("结果"): _said(made),
        }
        for (entry, draw), made in zip(rows, entering.tell(rows), strict=True)
    ]  # fmt: skip
    return {_("抽奖"): told} if told else {}


def _said(made: Outcome) -> str:
    if made.state == "won":
        return f"{made.prize} {yuan(made.value_fen)}"
    return _("没有中") if made.state == "none" else _("等开奖")


def erase(person: Person, now: datetime) -> Iterable[Kept]:
    """Take the person from their entries; who won, and whose draw is not over, stays until the law lets go."""
    if not person.member_id:
        return []
    won, latest = _kept(person.member_id, now)
    mine = update(Entry).where(Entry.member_id == person.member_id, Entry.id.not_in(won))
    session().execute(mine.values(member_id=None).execution_options(synchronize_session=False))
    if not won:
        session().execute(delete(WinCount).where(WinCount.member_id == person.member_id))
        return []
    return [Kept(_l("中过的奖和还没开奖的抽奖：奖项、金额、日期"), _l("中奖名单要保存（规范促销行为暂行规定第十九条）"), latest + KEEP)]


def _kept(member_id: int, now: datetime) -> tuple[list[int], datetime]:
    rows = queries.latest_of(member_id, ALL)
    kept, latest = [], now
    for (entry, draw), made in zip(rows, entering.tell(rows), strict=True):
        over = draw.done_at or draw.closes_at
        open_still = draw.state not in (DrawState.DONE, DrawState.VOID)
        if open_still or (made.state == "won" and over + KEEP > now):
            kept.append(entry.id)
            latest = max(latest, over)
    return kept, latest


def hand_over(source_id: int, target_id: int) -> None:
    """Give the draws of an org to the one that stays; drafts for its members are for those of that one."""
    session().execute(update(Draw).where(Draw.org_id == source_id).values(org_id=target_id))
    drafts = session().scalars(unscoped(select(Draw).where(Draw.state == DrawState.DRAFT), why="merging")).unique()
    for draft in drafts:
        if source_id in draft.audience:
            draft.audience = sorted({target_id if number == source_id else number for number in draft.audience})
    session().flush()


PERSONAL = PersonalData("rewards.draws", _l("抽奖"), export, erase)
