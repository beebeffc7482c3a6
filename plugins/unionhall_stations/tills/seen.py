"""Stores as other plugins see them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from unionhall.plugin import Actor, scoped, session, unscoped, unseal
from unionhall_stations import rights
from unionhall_stations.models import Clerk, Store

ACCOUNT = "stations.account"


@dataclass(frozen=True, slots=True)
class StoreView:
    """A store: name, legal name, org, and the days of its agreement."""

    id: int
    name: str
    legal_name: str
    org_id: int
    org_path: str
    starts_on: date
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class Payee:
    """Whose account a store's money goes to."""

    name: str
    bank: str
    account: str


def view(row: Store) -> StoreView:
    """Return a store as others see it."""
    return StoreView(row.id, row.name, row.legal_name or row.name, row.org_id, row.org.path, row.starts_on, row.ends_on)


def stores_by_ids(ids: Iterable[int]) -> dict[int, StoreView]:
    """Return {id: store} of those that there are."""
    wanted = select(Store).where(Store.id.in_(set(ids)))
    return {row.id: view(row) for row in session().scalars(unscoped(wanted, why="given"))}


def store_choices(actor: Actor) -> list[StoreView]:
    """Return the stores that an actor may read in the desk, by name."""
    return [view(row) for row in session().scalars(scoped(select(Store), Store, actor, rights.READ).order_by(Store.name, Store.id))]


def payee_of(store_id: int) -> Payee | None:
    """Return where a store is paid; the caller has judged that the actor may know, and notes it. None while no account is kept."""
    row = session().scalar(unscoped(select(Store).where(Store.id == store_id), why="given"))
    if row is None or not row.account_sealed:
        return None
    return Payee(row.payee_name or row.legal_name or row.name, row.payee_bank, unseal(ACCOUNT, row.account_sealed))


def staff_member_ids() -> set[int]:
    """Return the members who serve at a till: they are kept out of draws."""
    return set(session().scalars(select(Clerk.member_id).where(Clerk.member_id.is_not(None), Clerk.left_on.is_(None)))) - {None}  # type: ignore[return-value]
