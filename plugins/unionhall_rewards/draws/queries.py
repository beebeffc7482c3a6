"""Reads of draws, prizes, entries and results."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import joinedload

from unionhall.plugin import Actor, NotFound, Org, in_subtree, like_escape, scoped, session, unscoped
from unionhall_rewards import rights
from unionhall_rewards.draws.models import Algorithm, Draw, DrawList, DrawState, Entry, Forfeit, Prize, Result

SIZE = 30
SHOWN = (DrawState.PUBLISHED, DrawState.OPEN, DrawState.FROZEN, DrawState.DONE, DrawState.VOID)
LIVE = (DrawState.PUBLISHED, DrawState.OPEN)
ELIGIBLE, EXCLUDED = "eligible", "excluded"


@dataclass(frozen=True, slots=True)
class Filter:
    """What the desk's list is narrowed to."""

    words: str = ""
    state: str = ""

    @classmethod
    def of(cls, values: Mapping[str, str]) -> Filter:
        """Return what an address says; what it cannot say is left out."""
        state = values.get("state", "")
        return cls(values.get("q", "").strip()[:40], state if state in set(DrawState) else "")

    def values(self) -> dict[str, str]:
        """Return it as an address says it."""
        return {"q": self.words, "state": self.state}


def managed(draw_id: int, actor: Actor, permission: str) -> Draw:
    """Return a draw that an actor may see in the desk. Raises NotFound."""
    found = session().scalar(scoped(select(Draw).where(Draw.id == draw_id), Draw, actor, permission))
    if found is None:
        raise NotFound(_("没有这个抽奖，或者不在你管的范围里。"))
    return found


def draws(actor: Actor, scope: str, chosen: Filter, *, page: int = 1, size: int = SIZE) -> tuple[list[Draw], int]:
    """Return a page of the draws within a scope, the newest first, and how many there are."""
    wanted = select(Draw).join(Org, Org.id == Draw.org_id).where(in_subtree(Org.path, scope))
    if chosen.words:
        wanted = wanted.where(Draw.title.like(f"%{like_escape(chosen.words)}%", escape="\\"))
    if chosen.state:
        wanted = wanted.where(Draw.state == chosen.state)
    wanted = scoped(wanted, Draw, actor, rights.READ)
    total = session().scalar(wanted.with_only_columns(func.count(Draw.id), maintain_column_froms=True)) or 0
    rows = session().scalars(wanted.order_by(Draw.opens_at.desc(), Draw.id.desc()).limit(size).offset((page - 1) * size))
    return list(rows.unique()), total


def by_id(draw_id: int) -> Draw | None:
    """Return a draw that the caller was led to by something that they may see."""
    return session().scalar(unscoped(select(Draw).where(Draw.id == draw_id), why="given"))


def existing(draw_id: int) -> Draw:
    """Return a draw that there is. Raises NotFound."""
    found = by_id(draw_id)
    if found is None:
        raise NotFound(_("没有这个抽奖。"))
    return found


def public(key: str) -> Draw:
    """Return a draw that was published, by its key. Raises NotFound."""
    found = session().scalar(unscoped(select(Draw).where(Draw.key == key, Draw.state.in_(SHOWN)), why="public"))
    if found is None:
        raise NotFound(_("没有这个抽奖。"))
    return found


def listed(limit: int = 50) -> list[Draw]:
    """Return published draws for everybody, the latest first."""
    wanted = select(Draw).where(Draw.state.in_(SHOWN)).order_by(Draw.opens_at.desc(), Draw.id.desc()).limit(limit)
    return list(session().scalars(unscoped(wanted, why="public")).unique())


def locked(draw_id: int) -> Draw:
    """Return a draw whose row nobody else changes, nor adds an entry to, until this unit of work ends."""
    wanted = select(Draw).where(Draw.id == draw_id).with_for_update(of=Draw).execution_options(populate_existing=True)
    found = session().scalar(unscoped(wanted, why="given"))
    if found is None:
        raise NotFound(_("没有这个抽奖。"))
    return found


def due(now: datetime) -> list[int]:
    """Return draws that time moves on: to be opened, closed, revealed or void."""
    wanted = select(Draw.id).where(Draw.state.in_((*LIVE, DrawState.FROZEN)), Draw.opens_at <= now).order_by(Draw.id)
    return list(session().scalars(unscoped(wanted, why="job")))


def frozen_list(draw_id: int, name: str) -> list[str]:
    """Return a list that was frozen with the publication: pseudonyms, sorted."""
    body = session().scalar(select(DrawList.body).where(DrawList.draw_id == draw_id, DrawList.name == name))
    return gzip.decompress(body).decode().splitlines() if body else []


def codes(draw_id: int) -> list[str]:
    """Return the ids of all entries of a draw, sorted by bytes: the list of entrants."""
    return sorted(session().scalars(select(Entry.code).where(Entry.draw_id == draw_id)), key=str.encode)


def outcomes(draw: Draw) -> list[tuple[str, int, str, str]]:
    """Return (id, number, key of the prize given, key of the prize missed) of all entries of an instant draw, sorted."""
    keys = {prize.id: prize.key for prize in draw.prizes}
    rows = session().execute(select(Entry.code, Entry.x, Entry.prize_id, Entry.missed).where(Entry.draw_id == draw.id))
    told = [(code, x, keys.get(prize_id, "") if prize_id else "", missed) for code, x, prize_id, missed in rows if x is not None]
    return sorted(told, key=lambda line: line[0].encode())


def results(draw_id: int) -> list[Result]:
    """Return a batch draw's result, slot by slot."""
    return list(session().scalars(select(Result).where(Result.draw_id == draw_id).order_by(Result.slot)))


def forfeits(draw_id: int) -> list[Forfeit]:
    """Return what went on to the reserve, in order."""
    return list(session().scalars(select(Forfeit).where(Forfeit.draw_id == draw_id).order_by(Forfeit.at, Forfeit.slot)))


def entries_of(member_id: int, draw_id: int) -> list[Entry]:
    """Return a member's chances in a draw, the latest first."""
    wanted = select(Entry).where(Entry.member_id == member_id, Entry.draw_id == draw_id)
    return list(session().scalars(wanted.order_by(Entry.day.desc(), Entry.number.desc())))


def latest_of(member_id: int, limit: int) -> list[tuple[Entry, Draw]]:
    """Return a member's latest chances in any draw."""
    wanted = select(Entry, Draw).join(Draw, Draw.id == Entry.draw_id).where(Entry.member_id == member_id)
    rows = session().execute(unscoped(wanted.order_by(Entry.id.desc()).limit(limit), why="oneself")).unique()
    return [(entry, draw) for entry, draw in rows]


def entry_by_code(draw_id: int, code: str) -> Entry | None:
    """Return the entry with an id."""
    return session().scalar(select(Entry).where(Entry.draw_id == draw_id, Entry.code == code))


@dataclass(frozen=True, slots=True)
class Winner:
    """Somebody who won: the entry, the prize, the slot in a batch draw (0 in an instant one), and whether it came from the reserve."""

    entry: Entry
    prize: Prize
    slot: int = 0
    moved: bool = False


def winners(draw: Draw, *, page: int = 1, size: int = SIZE, words: str = "") -> tuple[list[Winner], int]:
    """Return a page of who won, by prize, and how many there are; forfeited prizes count for whom they went on to."""
    if draw.algo == Algorithm.BATCH:
        found = [winner for winner in _batch_winners(draw) if not words or words.upper() in winner.entry.code]
        return found[(page - 1) * size : page * size], len(found)
    wanted = _won(draw.id, words).join(Prize, Prize.id == Entry.prize_id).order_by(Prize.position, Entry.id)
    total = session().scalar(select(func.count()).select_from(_won(draw.id, words).subquery())) or 0
    rows = session().scalars(wanted.limit(size).offset((page - 1) * size))
    return [Winner(row, row.prize) for row in rows if row.prize], total


def _won(draw_id: int, words: str) -> Select[Entry]:
    conditions: list[ColumnElement[bool]] = [Entry.draw_id == draw_id, Entry.prize_id.is_not(None)]
    if words:
        conditions.append(Entry.code.like(f"%{like_escape(words.upper())}%", escape="\\"))
    return select(Entry).where(*conditions).options(joinedload(Entry.prize))


def _batch_winners(draw: Draw) -> list[Winner]:
    rows = {row.slot: row for row in results(draw.id)}
    moved = {row.slot: row.to_slot for row in forfeits(draw.id)}
    entries = entries_by_ids(row.entry_id for row in rows.values())
    prizes = {prize.id: prize for prize in draw.prizes}
    found = []
    for slot, row in rows.items():
        if row.prize_id is None:
            continue
        at: int | None = slot
        while at is not None and at in moved:
            at = moved[at]
        if at is not None:
            found.append(Winner(entries[rows[at].entry_id], prizes[row.prize_id], at, at != slot))
    return found


def entries_by_ids(ids: Iterable[int]) -> dict[int, Entry]:
    """Return {id: entry}."""
    return {row.id: row for row in session().scalars(select(Entry).where(Entry.id.in_(list(ids))))}


def entries_by_code(draw_id: int, wanted: Iterable[str]) -> dict[str, Entry]:
    """Return {id in the published list: entry}."""
    rows = session().scalars(select(Entry).where(Entry.draw_id == draw_id, Entry.code.in_(list(wanted))))
    return {row.code: row for row in rows}


def by_source(source: str, source_ids: list[int]) -> list[tuple[Entry, Draw]]:
    """Return the entries that were earned by some things, with their draws."""
    wanted = select(Entry, Draw).join(Draw, Draw.id == Entry.draw_id).where(Entry.source == source, Entry.source_id.in_(source_ids))
    return [(entry, draw) for entry, draw in session().execute(unscoped(wanted, why="given")).unique()]


def turn_select(draw_id: int, member_id: int, day: date, number: int) -> Select[Entry]:
    """Return the SELECT of the entry of a member's n-th chance of a day."""
    return select(Entry).where(Entry.draw_id == draw_id, Entry.member_id == member_id, Entry.day == day, Entry.number == number)


def turns(draw_id: int, member_id: int, day: date) -> dict[int, tuple[str, int]]:
    """Return {n: what the member's n-th chance of a day was earned by}."""
    mine = (Entry.draw_id == draw_id, Entry.member_id == member_id, Entry.day == day)
    wanted = select(Entry.number, Entry.source, Entry.source_id).where(*mine)
    return {number: (source, source_id) for number, source, source_id in session().execute(wanted)}


def turn(draw_id: int, member_id: int, day: date, number: int) -> Entry | None:
    """Return the entry of a member's n-th chance of a day."""
    return session().scalar(turn_select(draw_id, member_id, day, number))
