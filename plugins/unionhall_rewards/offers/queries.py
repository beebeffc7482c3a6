"""Reads of merchants and offers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, func, or_, select

from unionhall.plugin import Actor, NotFound, like_escape, scoped, session, unscoped
from unionhall_rewards import rights
from unionhall_rewards.offers.models import Merchant, Offer, OfferState, OfferUse

SIZE = 30


def _shown(today: date) -> Select[Offer]:
    return select(Offer).join(Merchant, Merchant.id == Offer.merchant_id).where(
        Offer.state == OfferState.APPROVED, Offer.since <= today, Offer.until >= today, Merchant.starts_on <= today,
        or_(Merchant.ends_on.is_(None), Merchant.ends_on >= today),
    )  # fmt: skip


def shown(today: date, *, trade: str = "", words: str = "") -> list[Offer]:
    """Return the offers that members can use on a day, those that end first in front."""
    wanted = _shown(today)
    if trade:
        wanted = wanted.where(Merchant.trade == trade)
    for word in words.split()[:5]:
        pattern = f"%{like_escape(word)}%"
        wanted = wanted.where(or_(*(column.ilike(pattern, escape="\\") for column in (Offer.title, Merchant.name, Merchant.address))))
    return list(session().scalars(unscoped(wanted.order_by(Offer.until, Offer.id).limit(200), why="public")))


def is_shown(found: Offer, today: date) -> bool:
    """Say whether members can use an offer on a day."""
    merchant = found.merchant
    agreed = merchant.starts_on <= today and (merchant.ends_on is None or merchant.ends_on >= today)
    return found.state == OfferState.APPROVED and found.since <= today <= found.until and agreed


def public(offer_id: int) -> Offer:
    """Return an offer that readers may know of: one that was approved, over or not. Raises NotFound."""
    found = session().scalar(unscoped(select(Offer).where(Offer.id == offer_id, Offer.state == OfferState.APPROVED), why="public"))
    if found is None:
        raise NotFound()
    return found


def offer(offer_id: int, actor: Actor, right: str = rights.READ) -> Offer:
    """Return an offer in the actor's reach. Raises NotFound."""
    found = session().scalar(scoped(select(Offer).where(Offer.id == offer_id), Offer, actor, right))
    if found is None:
        raise NotFound()
    return found


def offers(actor: Actor, below: str, *, state: str = "", page: int = 1) -> tuple[list[Offer], int]:
    """Return a page of the offers in the actor's reach, those that wait first, and how many there are."""
    wanted = select(Offer).where(Offer.state == state) if state else select(Offer)
    wanted = scoped(wanted, Offer, actor, rights.READ, below)
    total = session().scalar(unscoped(select(func.count()).select_from(wanted.order_by(None).subquery()), why="counted within")) or 0
    first = (Offer.state == OfferState.SUBMITTED).desc()
    rows = session().scalars(wanted.order_by(first, Offer.id.desc()).limit(SIZE).offset((page - 1) * SIZE))
    return list(rows), total


def waiting(actor: Actor) -> int:
    """Return how many offers wait for this actor's yes."""
    wanted = select(Offer.id).where(Offer.state == OfferState.SUBMITTED, Offer.written_by != actor.account_id)
    return session().scalar(select(func.count()).select_from(scoped(wanted, Offer, actor, rights.OFFERS).subquery())) or 0


def merchants(actor: Actor, below: str) -> list[Merchant]:
    """Return the merchants in the actor's reach, by name."""
    return list(session().scalars(scoped(select(Merchant), Merchant, actor, rights.READ, below).order_by(Merchant.name, Merchant.id)))


def merchant(merchant_id: int, actor: Actor, right: str = rights.OFFERS) -> Merchant:
    """Return a merchant in the actor's reach. Raises NotFound."""
    found = session().scalar(scoped(select(Merchant).where(Merchant.id == merchant_id), Merchant, actor, right))
    if found is None:
        raise NotFound()
    return found


def merchants_of(account_id: int) -> list[Merchant]:
    """Return the merchants that an account writes offers for."""
    wanted = select(Merchant).where(Merchant.account_id == account_id).order_by(Merchant.name)
    return list(session().scalars(unscoped(wanted, why="oneself")))


def offers_of(merchant_ids: Iterable[int]) -> list[Offer]:
    """Return the offers of some merchants, the newest first."""
    wanted = select(Offer).where(Offer.merchant_id.in_(list(merchant_ids))).order_by(Offer.id.desc())
    return list(session().scalars(unscoped(wanted, why="given")))


@dataclass(frozen=True, slots=True)
class Uses:
    """How often an offer was used: times, and members (each once)."""

    times: int
    people: int


def uses(offer_ids: Iterable[int]) -> dict[int, Uses]:
    """Return {offer id: how it was used}."""
    counted = select(OfferUse.offer_id, func.count(), func.count(OfferUse.member_id.distinct())).where(
        OfferUse.offer_id.in_(list(offer_ids))
    )  # fmt: skip
    return {row[0]: Uses(row[1], row[2]) for row in session().execute(counted.group_by(OfferUse.offer_id))}


def use(use_id: int, member_id: int) -> tuple[OfferUse, Offer]:
    """Return a member's own use of an offer. Raises NotFound."""
    found = session().scalar(select(OfferUse).where(OfferUse.id == use_id, OfferUse.member_id == member_id))
    if found is None:
        raise NotFound()
    of = session().scalar(unscoped(select(Offer).where(Offer.id == found.offer_id), why="oneself"))
    if of is None:
        raise NotFound()
    return found, of


def used_by(offer_id: int, member_id: int) -> list[OfferUse]:
    """Return a member's uses of an offer, the newest first."""
    mine = select(OfferUse).where(OfferUse.offer_id == offer_id, OfferUse.member_id == member_id)
    return list(session().scalars(mine.order_by(OfferUse.number.desc())))
