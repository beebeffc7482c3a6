"""Personal data of offers, mergers of orgs, and where pictures are used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from unionhall.plugin import Actor, Kept, MediaPlace, Person, PersonalData, can, clock, session, unscoped
from unionhall_rewards import rights
from unionhall_rewards.offers.models import Merchant, Offer, OfferState, OfferUse

QUIET = {"synchronize_session": False}


def export(person: Person) -> dict[str, Any]:
    """Return the offers that a person used."""
    if person.member_id is None:
        return {}
    wanted = select(OfferUse.at, Offer.title).join(Offer, Offer.id == OfferUse.offer_id).where(OfferUse.member_id == person.member_id)
    rows = session().execute(unscoped(wanted.order_by(OfferUse.id), why="oneself"))
    used = [{_("优惠"): row.title, _("时间"): clock.local(row.at).isoformat()} for row in rows]
    return {_("用过的商户优惠"): used} if used else {}


def erase(person: Person, now: datetime) -> Iterable[Kept]:
    """Forget who used what; that it was used stays, for the counts."""
    if person.member_id is not None:
        mine = update(OfferUse).where(OfferUse.member_id == person.member_id).values(member_id=None)
        session().execute(mine.execution_options(**QUIET))
    return []


PERSONAL = PersonalData("rewards.offers", _l("商户优惠的使用"), export, erase)


def hand_over(source_id: int, target_id: int) -> None:
    """Give an org's merchants and offers to another."""
    for table in (Merchant, Offer):
        session().execute(update(table).where(table.org_id == source_id).values(org_id=target_id).execution_options(**QUIET))
    session().expire_all()


def places(ids: Sequence[int], actor: Actor) -> Iterator[MediaPlace]:
    """Yield those of the offers that the actor may open in the desk."""
    for row in session().scalars(unscoped(select(Offer).where(Offer.id.in_(list(ids))), why="judged below")):
        if can(actor, rights.READ, row.org):
            approved = row.state == OfferState.APPROVED
            yield MediaPlace(row.id, row.title, f"/desk/rewards/offers/{row.id}/", approved, approved)
