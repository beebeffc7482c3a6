"""The demo's sign-up sheets: set up and filled with members, as a row of a campaign's `demo_data` says."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import select

from unionhall.accounts import demo as accounts
from unionhall.base import clock, db
from unionhall.hooks.types import SYSTEM
from unionhall.members import identity
from unionhall.members.models import Member, Membership
from unionhall.members.queries import IN_FORCE
from unionhall.orgs.models import Org
from unionhall.platform.access import in_subtree, unscoped
from unionhall.signups import notes, questions, sheets
from unionhall.signups.enrolling import Enrolment, enrol
from unionhall.signups.models import HOLDING, PICKED, Audience, Entry, Field, Kind, Sheet, State
from unionhall.signups.people import Applicant
from unionhall.signups.questions import Option, Question

Row = Mapping[str, Any]
When = Callable[[float, float], datetime]  # days from the day of loading, and an hour in Shanghai
FIRST_RUSH, WEEKEND = 4.0, 0.5


@dataclass(frozen=True, slots=True)
class Crowd:
    """Who comes to a sheet: between two moments, checked in until a third at the latest; the number makes each crowd another."""

    since: datetime
    until: datetime
    over: datetime
    number: int


def set_up(sheet: Sheet, row: Row, when: When, *, now: datetime) -> None:
    """Set a new sheet as its row says, and ask its questions."""
    audience = Audience(row["audience"])
    event, (begins, ends) = row.get("event"), row.get("hours", (9, 17))
    setup = replace(
        sheets.setup_of(sheet), opens_at=when(row["opens"], 9), closes_at=when(row["closes"], 18), places=row.get("places"),
        waiting_on=row.get("waiting", False), approval=row.get("approval", False), companions=row.get("companions", 0),
        cancel_until=when(row["cancel_until"], 18) if "cancel_until" in row else None, audience=audience,
        audience_org_id=sheet.org_id if audience is Audience.SUBTREE else None, consent=row.get("consent", ""),
        retention_days=row.get("retention", 90), place=row.get("place", ""), contact=row.get("contact", ""),
        starts_at=when(event, begins) if event is not None else None, ends_at=when(event, ends) if event is not None else sheet.ends_at,
    )  # fmt: skip
    sheets.update_sheet(sheet, setup, version=sheet.version, actor=SYSTEM, now=now)
    for item in row.get("field", ()):
        choices = tuple(Option(label, quota) for label, quota in zip(item.get("choices", ()), _quotas(item), strict=True))
        questions.add(sheet, Question(
            Kind(item["kind"]), item["label"], required=item.get("required", False), least=item.get("least"), most=item.get("most"),
            on_list=item.get("on_list", False), options=choices,
        ), actor=SYSTEM, now=now)  # fmt: skip


def fill(sheet: Sheet, row: Row, crowd: Crowd, *, now: datetime) -> None:
    """Sign up as many members as the row says: most soon after the opening, with answers, some waiting, some gone again."""
    chance = Random(crowd.number)  # noqa: S311 - invented
    people = _candidates(sheet, crowd.since)
    invited = [people.pop(account) for login in row.get("with", ()) if (account := accounts.account(login).id) in people]
    for login in row.get("without", ()):
        people.pop(accounts.account(login).id, None)
    total = row["people"] + row.get("cancelled", 0)
    states = _states(chance, row)
    first = [at for at, state in enumerate(states) if state == State.ACCEPTED][: len(invited)]
    others = iter(chance.sample(list(people.values()), total - len(invited)))
    chosen = [invited.pop() if at in first else next(others) for at in range(total)]
    answers = _Answers(chance, sheet.fields, row)
    rows = [
        Enrolment(who, at, answers.picks(state), state, values=answers.values())
        for at, state, who in zip(_moments(chance, total, crowd), states, chosen, strict=True)
    ]
    enrol(sheet, _checked_in(chance, rows, row, crowd), actor=SYSTEM, now=now)


def tell(logins: Sequence[str]) -> None:
    """Tell the demo's accounts of their sign-ups, as they were told at that time."""
    ids = [accounts.account(login).id for login in logins]
    found = select(Entry).where(Entry.account_id.in_(ids), Entry.state == State.ACCEPTED).order_by(Entry.created_at)
    for entry in db.session().scalars(unscoped(found, why="demo")).all():
        notes.tell("accepted", entry, now=entry.created_at)


def write(sheet: Sheet, text: str, *, now: datetime) -> None:
    """Write to those of the demo's accounts that are on a sheet."""
    known = [accounts.account(row["login"]).id for row in accounts.rows()]
    found = select(Entry).where(Entry.sheet_id == sheet.id, Entry.account_id.in_(known), Entry.state == State.ACCEPTED)
    for entry in db.session().scalars(unscoped(found, why="demo")).all():
        notes.tell("message", entry, now=now, text=text)


def _quotas(item: Row) -> Sequence[int | None]:
    found: Sequence[int | None] = item.get("quotas") or [None] * len(item.get("choices", ()))
    return found


def _candidates(sheet: Sheet, since: datetime) -> dict[int, Applicant]:
    """Return {account id: applicant} of the members whom the sheet is for and who had joined when it opened."""
    held = select(Membership.member_id).join(Org, Org.id == Membership.org_id)
    held = held.where(Membership.status.in_(IN_FORCE), Membership.joined_on < clock.local_day(since))
    if sheet.audience == Audience.SUBTREE:
        held = held.where(in_subtree(Org.path, (sheet.audience_org or sheet.org).path))
    found = select(Member).where(Member.account_id.is_not(None), Member.id.in_(held)).order_by(Member.id)
    return {
        member.account_id or 0: Applicant(
            f"m:{member.id}", member.name, f"m:{member.id}", member.id, member.account_id, member.org.name, member.mobile_sealed,
            identity.open_mobile(member.mobile_sealed)[-4:],
        )
        for member in db.session().scalars(unscoped(found, why="demo"))
    }  # fmt: skip


def _moments(chance: Random, number: int, crowd: Crowd) -> list[datetime]:
    """Return when people sign up, in order: a rush at first, fewer at weekends, from morning to late in the evening."""
    first = clock.local_day(crowd.since)
    days = [first + timedelta(days=at) for at in range((clock.local_day(crowd.until) - first).days + 1)]
    weights = [
        (FIRST_RUSH / (at + 1) ** 0.6 + chance.uniform(0.3, 1)) * (WEEKEND if day.weekday() > 4 else 1) for at, day in enumerate(days)
    ]
    found = []
    for day in chance.choices(days, weights, k=number):
        at = clock.first_moment(day) + timedelta(hours=chance.triangular(7.5, 22.5, 12.3))
        found.append(at if crowd.since <= at <= crowd.until else crowd.since + (crowd.until - crowd.since) * chance.random())
    return sorted(found)


def _states(chance: Random, row: Row) -> list[State]:
    """Return a state for everybody in the order in which they come: those who come last wait."""
    waits = max(0, row["people"] - row["places"]) if row.get("places") else 0
    pending, gone = row.get("pending", 0), row.get("cancelled", 0)
    placed = [State.ACCEPTED] * (row["people"] - waits - pending) + [State.PENDING] * pending + [State.CANCELLED] * gone
    chance.shuffle(placed)
    return placed + [State.WAITING] * waits


def _checked_in(chance: Random, rows: list[Enrolment], row: Row, crowd: Crowd) -> list[Enrolment]:
    """Return the entries, as many of them as the row says checked in."""
    able = [at for at, item in enumerate(rows) if item.state == State.ACCEPTED]
    here = set(chance.sample(able, row.get("checked_in", 0)))
    return [
        replace(item, checked_in_at=item.at + (crowd.over - item.at) * chance.uniform(0.5, 1)) if at in here else item
        for at, item in enumerate(rows)
    ]


class _Answers:
    """What people say to the questions: spread over the choices as far as their quotas go."""

    def __init__(self, chance: Random, fields: Sequence[Field], row: Row) -> None:
        self.chance, self.fields = chance, fields
        self.said = {item["label"]: item.get("answers", [""]) for item in row.get("field", ())}
        self.room = {choice.id: choice.quota for field in fields for choice in field.choices}

    def picks(self, state: State) -> tuple[int, ...]:
        """Return a choice for each field that is chosen from; the first ones are liked best."""
        found = []
        for field in (item for item in self.fields if item.kind in PICKED):
            open_ = [choice.id for choice in field.choices if self.room[choice.id] != 0 or state not in HOLDING]
            choice = self.chance.choices(open_, [1 / (at + 1.5) for at in range(len(open_))])[0]
            left = self.room[choice]
            if left is not None and state in HOLDING:
                self.room[choice] = left - 1
            found.append(choice)
        return tuple(found)

    def values(self) -> dict[int, Any]:
        """Return what is said in numbers and words; nothing where somebody leaves a field empty."""
        found: dict[int, Any] = {}
        for field in self.fields:
            if field.kind == Kind.NUMBER:
                found[field.id] = self.chance.randint(field.least or 0, field.most or 10)
            elif field.kind == Kind.TEXT and (words := self.chance.choice(self.said[field.label])):
                found[field.id] = words
        return found
