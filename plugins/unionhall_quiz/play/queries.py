"""Reads of rounds, papers and attempts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, bindparam, func, or_, select
from sqlalchemy.orm import joinedload, load_only

from unionhall.plugin import Actor, NotFound, clock, like_escape, scoped, session, unscoped
from unionhall_quiz import rights
from unionhall_quiz.play.models import Attempt, AttemptState, Chance, Paper, Reminder, Round, RoundState, Tally

SIZE = 30
MIST = 200
_BY_NONCE = unscoped(
    select(Attempt).where(
        Attempt.nonce == bindparam("nonce"), Attempt.round_id.in_(select(Round.id).where(Round.slug == bindparam("slug")))
    ),
    why="its page",
).options(
    load_only(Attempt.member_id, Attempt.state, Attempt.day, Attempt.order, Attempt.began_at, Attempt.due_at, Attempt.flag),
    joinedload(Attempt.paper).load_only(Paper.questions),
    joinedload(Attempt.paper).joinedload(Paper.round).load_only(Round.slug, Round.title, Round.minutes, Round.pass_percent, Round.draw_id),
    joinedload(Attempt.paper).joinedload(Paper.round).lazyload(Round.org),
)
"""Built once, and no more of it than handing in asks for: at noon everybody sends this."""


def by_slug(slug: str) -> Round:
    """Return the round that readers may see at this address. Raises NotFound."""
    found = session().scalar(unscoped(select(Round).where(Round.slug == slug), why="public"))
    if found is None or not found.public:
        raise NotFound()
    return found


def by_ids(ids: Iterable[int]) -> dict[int, Round]:
    """Return {id: round} of those that there are, whatever their state."""
    found = session().scalars(unscoped(select(Round).where(Round.id.in_(set(ids))), why="given"))
    return {row.id: row for row in found}


def managed(round_id: int, actor: Actor, permission: str = rights.READ) -> Round:
    """Return a round at whose org the actor holds a permission. Raises NotFound."""
    found = session().scalar(scoped(select(Round).where(Round.id == round_id), Round, actor, permission))
    if found is None:
        raise NotFound()
    return found


def lock(round_id: int) -> Round:
    """Return a round as it is now, locked until this unit of work ends. Raises NotFound."""
    session().flush()
    wanted = select(Round).where(Round.id == round_id).with_for_update(of=Round).execution_options(populate_existing=True)
    found = session().scalar(unscoped(wanted, why="lock"))
    if found is None:
        raise NotFound()
    return found


def running() -> list[Round]:
    """Return the rounds that go on."""
    wanted = select(Round).where(Round.state == RoundState.RUNNING).order_by(Round.since, Round.id)
    return list(session().scalars(unscoped(wanted, why="public")))


def ended(most: int) -> list[Round]:
    """Return the rounds that were ended last."""
    wanted = select(Round).where(Round.state == RoundState.ENDED).order_by(Round.updated_at.desc(), Round.id.desc()).limit(most)
    return list(session().scalars(unscoped(wanted, why="public")))


def listed(actor: Actor, below: str, *, words: str = "", state: str = "", page: int = 1) -> tuple[list[Round], int]:
    """Return a page of the rounds that an actor may see in the desk, and how many there are."""
    where: list[ColumnElement[bool]] = [Round.state == state] if state in set(RoundState) else []
    if words:
        pattern = f"%{like_escape(words)}%"
        where.append(or_(Round.title.ilike(pattern, escape="\\"), Round.slug.ilike(pattern, escape="\\")))
    wanted = select(Round).where(*where).order_by(Round.state.desc(), Round.since.desc(), Round.id.desc())
    rows = session().scalars(scoped(wanted.limit(SIZE).offset((page - 1) * SIZE), Round, actor, rights.READ, below))
    total = session().scalar(scoped(select(func.count()).select_from(Round).where(*where), Round, actor, rights.READ, below))
    return list(rows), total or 0


def paper(round_id: int, day: date) -> Paper | None:
    """Return the paper of a round and a day, if it was made."""
    return session().scalar(unscoped(select(Paper).where(Paper.round_id == round_id, Paper.day == day), why="given"))


def papers(round_id: int, days: Iterable[date]) -> dict[date, Paper]:
    """Return {day: paper} of those that were made."""
    wanted = select(Paper).where(Paper.round_id == round_id, Paper.day.in_(list(days)))
    return {row.day: row for row in session().scalars(unscoped(wanted, why="given"))}


def attempt_of(round_id: int, member_id: int, day: date, number: int | None = None) -> Attempt | None:
    """Return a member's n-th attempt of a day, or the last one, with its paper and its round."""
    wanted = select(Attempt).where(Attempt.round_id == round_id, Attempt.member_id == member_id, Attempt.day == day)
    if number is not None:
        wanted = wanted.where(Attempt.number == number)
    return session().scalar(unscoped(wanted.order_by(Attempt.number.desc()).limit(1), why="oneself"))


def present(round_id: int, member_id: int, now: datetime) -> Attempt | None:
    """Return the attempt that a member is at: one still open that began before midnight, else today's last."""
    still = (Attempt.state == AttemptState.OPEN) & (Attempt.due_at >= now)
    mine = [Attempt.round_id == round_id, Attempt.member_id == member_id, or_(still, Attempt.day == clock.local_day(now))]
    return session().scalar(unscoped(select(Attempt).where(*mine).order_by(Attempt.day, Attempt.number.desc()).limit(1), why="oneself"))


def by_nonce(slug: str, nonce: str) -> Attempt | None:
    """Return the attempt that a page of this round carries the nonce of: whoever has the page may keep answers in it, and nothing else."""
    if len(nonce) < 20:
        return None
    return session().scalar(_BY_NONCE, {"nonce": nonce, "slug": slug})


def attempt(attempt_id: int, actor: Actor, permission: str) -> Attempt:
    """Return an attempt at a round of an org where the actor holds a permission. Raises NotFound."""
    found = session().scalar(unscoped(select(Attempt).where(Attempt.id == attempt_id), why="judged next"))
    if found is None:
        raise NotFound()
    managed(found.round_id, actor, permission)
    return found


def days_done(member_id: int, since: date) -> list[tuple[int, date]]:
    """Return (round id, day) of what a member handed in since a day."""
    wanted = select(Attempt.round_id, Attempt.day).where(
        Attempt.member_id == member_id, Attempt.state == AttemptState.SCORED, Attempt.day >= since
    )  # fmt: skip
    return [(row.round_id, row.day) for row in session().execute(wanted)]


def scored_of(member_id: int, most: int = MIST) -> list[Attempt]:
    """Return what a member handed in, the newest first."""
    wanted = select(Attempt).where(Attempt.member_id == member_id, Attempt.state == AttemptState.SCORED)
    return list(session().scalars(unscoped(wanted.order_by(Attempt.day.desc(), Attempt.id.desc()).limit(most), why="oneself")))


@dataclass(frozen=True, slots=True)
class Turnout:
    """How a day of a round went: begun, handed in, passed, right answers of all that were given."""

    day: date
    begun: int
    scored: int
    passed: int
    score: int
    total: int

    @property
    def rate(self) -> int | None:
        """Return how many of a hundred answers were right, None before there is one."""
        return round(100 * self.score / self.total) if self.total else None


def turnout(round_id: int, *, since: date | None = None, until: date | None = None, most: int = 400) -> list[Turnout]:
    """Return how each day of a round went, the newest first."""
    done = Attempt.state == AttemptState.SCORED
    where: list[ColumnElement[bool]] = [Attempt.round_id == round_id]
    where += [Attempt.day >= since] if since else []
    where += [Attempt.day <= until] if until else []
    wanted = select(
        Attempt.day, func.count(), func.count().filter(done), func.count().filter(Attempt.passed.is_(True)),
        func.coalesce(func.sum(Attempt.score), 0), func.coalesce(func.sum(Attempt.total).filter(done), 0),
    ).where(*where).group_by(Attempt.day).order_by(Attempt.day.desc()).limit(most)  # fmt: skip
    return [Turnout(row[0], *(int(number or 0) for number in row[1:])) for row in session().execute(wanted)]


def handed_in(round_ids: Iterable[int], day: date) -> dict[int, int]:
    """Return {round id: how many handed in on a day}."""
    wanted = select(Attempt.round_id, func.count(func.distinct(Attempt.member_id))).where(
        Attempt.round_id.in_(list(round_ids)), Attempt.day == day, Attempt.state == AttemptState.SCORED
    ).group_by(Attempt.round_id)  # fmt: skip
    return {row[0]: int(row[1]) for row in session().execute(wanted)}


def begun(round_id: int, day: date) -> bool:
    """Say whether somebody has begun a day."""
    return session().scalar(select(Attempt.id).where(Attempt.round_id == round_id, Attempt.day == day).limit(1)) is not None


def tallies(round_id: int, day: date) -> dict[int, tuple[int, int]]:
    """Return {question id: (answered, right)} of a day of a round."""
    sums = select(Tally.question_id, func.sum(Tally.shown), func.sum(Tally.right)).where(Tally.round_id == round_id, Tally.day == day)
    return {number: (int(shown), int(right)) for number, shown, right in session().execute(sums.group_by(Tally.question_id))}


def flagged(round_id: int, day: date, *, most: int = 200) -> list[Attempt]:
    """Return the attempts of a day that somebody should look at, those not looked at first."""
    wanted = select(Attempt).where(Attempt.round_id == round_id, Attempt.day == day, Attempt.flag != "")
    order = (Attempt.looked_by.is_not(None), Attempt.source, Attempt.id)
    return list(session().scalars(unscoped(wanted.order_by(*order).limit(most), why="judged before")))


def owing() -> list[int]:
    """Return the ids of the draws that still owe somebody a chance."""
    wanted = select(Attempt.draw_id).where(Attempt.chance == Chance.OWED, Attempt.draw_id.is_not(None)).distinct()
    return sorted(number for number in session().scalars(wanted) if number)


def owed(
    *, round_id: int | None = None, day: date | None = None, draw_id: int | None = None, after: int = 0, most: int = 500
) -> list[int]:
    """Return the ids of attempts whose chance is still to be given, ascending."""
    where: list[ColumnElement[bool]] = [Attempt.chance == Chance.OWED, Attempt.id > after]
    where += [Attempt.draw_id == draw_id] if draw_id else []
    where += [Attempt.round_id == round_id] if round_id else []
    where += [Attempt.day == day] if day else []
    return list(session().scalars(select(Attempt.id).where(*where).order_by(Attempt.id).limit(most)))


def reminded(round_id: int, member_id: int) -> bool:
    """Say whether a member wants to hear when a round opens."""
    return session().get(Reminder, (round_id, member_id)) is not None
