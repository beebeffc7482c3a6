"""Reads of funds: balances and months are sums over the ledger, never numbers that somebody typed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select

from unionhall.plugin import Actor, NotFound, Org, in_subtree, scoped, session, unscoped
from unionhall_rewards import rights
from unionhall_rewards.fund.models import PATHS, Account, Budget, Fund, Kind, Movement

SIZE = 50
SHOWN = (Account.FREE, Account.POOL, Account.LIVE, Account.SPENT, Account.SETTLED)


@dataclass(slots=True)
class Balance:
    """What stands on each account of a fund, in fen, and what was granted on balance."""

    accounts: dict[Account, int] = field(default_factory=lambda: dict.fromkeys(Account, 0))

    def add(self, kind: Kind, fen: int) -> None:
        """Count a movement."""
        source, target = PATHS[kind]
        self.accounts[source] -= fen
        self.accounts[target] += fen

    def __getitem__(self, account: Account | str) -> int:
        return self.accounts[Account(account)]

    @property
    def granted(self) -> int:
        """Return what was put in, less what was taken out."""
        return -self.accounts[Account.TREASURY]

    @property
    def committed(self) -> int:
        """Return what is not free any more."""
        return self.granted - self.accounts[Account.FREE]

    def copy(self) -> Balance:
        """Return the balance as it is now."""
        return Balance(dict(self.accounts))


@dataclass(frozen=True, slots=True)
class Month:
    """A month of the ledger: opening + movements = closing, on every account."""

    month: str
    opening: Balance
    moved: Mapping[Kind, int]
    closing: Balance

    def change(self, account: Account | str) -> int:
        """Return by how much an account changed, in fen."""
        return self.closing[account] - self.opening[account]


def sums(fund_ids: Iterable[int] | None = None) -> dict[int, Balance]:
    """Return {fund id: balance} from the ledger; of all funds without ids."""
    wanted = select(Movement.fund_id, Movement.kind, func.sum(Movement.fen)).group_by(Movement.fund_id, Movement.kind)
    if fund_ids is not None:
        wanted = wanted.where(Movement.fund_id.in_(set(fund_ids)))
    found: dict[int, Balance] = {number: Balance() for number in fund_ids or ()}
    for fund_id, kind, fen in session().execute(wanted):
        found.setdefault(fund_id, Balance()).add(Kind(kind), int(fen))
    return found


def months(fund_id: int) -> list[Month]:
    """Return every month in which something moved, the oldest first; the last one's closing is the balance now."""
    wanted = select(Movement.day, Movement.kind, func.sum(Movement.fen)).where(Movement.fund_id == fund_id)
    days = session().execute(wanted.group_by(Movement.day, Movement.kind).order_by(Movement.day, Movement.kind))
    moved: dict[str, dict[Kind, int]] = {}
    for day, kind, fen in days:
        of_month = moved.setdefault(f"{day:%Y-%m}", {})
        of_month[Kind(kind)] = of_month.get(Kind(kind), 0) + int(fen)
    told, now = [], Balance()
    for month, kinds in moved.items():
        opening = now.copy()
        for kind, fen in kinds.items():
            now.add(kind, fen)
        told.append(Month(month, opening, kinds, now.copy()))
    return told


def funds(actor: Actor, below: str) -> list[Fund]:
    """Return the funds in the actor's reach, the open ones first."""
    wanted = scoped(select(Fund), Fund, actor, rights.READ, below)
    return list(session().scalars(wanted.order_by(Fund.closed_at.is_not(None), Fund.name, Fund.id)))


def fund(fund_id: int, actor: Actor, right: str = rights.READ) -> Fund:
    """Return a fund where the actor has a right. Raises NotFound otherwise."""
    found = session().scalar(scoped(select(Fund).where(Fund.id == fund_id), Fund, actor, right))
    if found is None:
        raise NotFound()
    return found


def fund_choices(actor: Actor, right: str) -> list[Fund]:
    """Return the open funds that an actor may use for what needs a right, by name."""
    wanted = scoped(select(Fund).where(Fund.closed_at.is_(None)), Fund, actor, right)
    return list(session().scalars(wanted.order_by(Fund.name, Fund.id)))


def budgets(fund_id: int) -> list[Budget]:
    """Return the last requests of a fund, those that wait first."""
    wanted = select(Budget).where(Budget.fund_id == fund_id).order_by(Budget.state != "asked", Budget.id.desc()).limit(60)
    return list(session().scalars(unscoped(wanted, why="the fund was judged")))


def budget(budget_id: int, actor: Actor) -> Budget:
    """Return a request where the actor may read the fund. Raises NotFound otherwise."""
    wanted = scoped(select(Budget).join(Fund, Fund.id == Budget.fund_id).where(Budget.id == budget_id), Fund, actor, rights.READ)
    found = session().scalar(wanted)
    if found is None:
        raise NotFound()
    return found


def waiting(actor: Actor) -> int:
    """Return how many requests wait where the actor approves."""
    wanted = select(func.count()).select_from(Budget).join(Fund, Fund.id == Budget.fund_id).where(Budget.state == "asked")
    return session().scalar(scoped(wanted.where(Budget.asked_by != (actor.account_id or 0)), Fund, actor, rights.APPROVE)) or 0


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list of movements is narrowed to: a kind, days (both included)."""

    kind: str = ""
    since: date | None = None
    until: date | None = None

    @classmethod
    def of(cls, values: Mapping[str, str]) -> Filter:
        """Return the filter in an address; what makes no sense is left out."""
        kind = values.get("kind", "")
        return cls(kind if kind in set(Kind) else "", _day(values.get("since", "")), _day(values.get("until", "")))

    def values(self) -> dict[str, str]:
        """Return it as values of an address."""
        days = {name: day.isoformat() for name, day in (("since", self.since), ("until", self.until)) if day}
        return days | ({"kind": self.kind} if self.kind else {})


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


def _narrowed(wanted: Select[Any], chosen: Filter) -> Select[Any]:
    if chosen.kind:
        wanted = wanted.where(Movement.kind == chosen.kind)
    if chosen.since:
        wanted = wanted.where(Movement.day >= chosen.since)
    if chosen.until:
        wanted = wanted.where(Movement.day <= chosen.until)
    return wanted


def movements(fund_id: int, chosen: Filter, *, page: int = 1, size: int = SIZE) -> tuple[list[Movement], int]:
    """Return a page of a fund's movements, the newest first, and how many there are."""
    wanted = _narrowed(select(Movement).where(Movement.fund_id == fund_id), chosen)
    counted = _narrowed(select(func.count()).select_from(Movement).where(Movement.fund_id == fund_id), chosen)
    rows = session().scalars(wanted.order_by(Movement.id.desc()).offset((page - 1) * size).limit(size))
    return list(rows), session().scalar(counted) or 0


def movements_after(fund_id: int, chosen: Filter, after: int, limit: int) -> list[Movement]:
    """Return movements with ids above `after`, ascending: for files."""
    wanted = _narrowed(select(Movement).where(Movement.fund_id == fund_id, Movement.id > after), chosen)
    return list(session().scalars(wanted.order_by(Movement.id).limit(limit)))


def readable_fund_ids(actor: Actor, below: str) -> list[int]:
    """Return the ids of the funds at or below an org that an actor may read."""
    wanted = select(Fund.id).join(Org, Org.id == Fund.org_id).where(in_subtree(Org.path, below))
    return list(session().scalars(scoped(wanted, Fund, actor, rights.READ)))
