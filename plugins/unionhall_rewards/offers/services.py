"""Merchants, writing offers, the union's yes, and a member's use of one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import insert, or_, update

from unionhall.plugin import (
    Actor,
    Conflict,
    NotAllowed,
    Org,
    RuleBroken,
    clock,
    note_media,
    purge_pages,
    record_audit,
    require,
    session,
    tidy,
    update_count,
)
from unionhall_rewards import rights
from unionhall_rewards.offers import queries
from unionhall_rewards.offers.models import Merchant, Offer, OfferState, OfferUse

KIND, PAGES = "rewards.offer", "rewards:offers"
QUIET = {"synchronize_session": False}


@dataclass(frozen=True, slots=True)
class MerchantFields:
    """What is kept of a merchant."""

    name: str
    trade: str
    starts_on: date
    ends_on: date | None = None
    address: str = ""
    phone: str = ""
    contact: str = ""
    agreement: str = ""
    account_id: int | None = None


@dataclass(frozen=True, slots=True)
class OfferFields:
    """What is written of an offer."""

    title: str
    since: date
    until: date
    terms: str = ""
    total: int | None = None
    per_member: int = 1
    picture_id: int | None = None


def keep_merchant(found: Merchant | None, org: Org, fields: MerchantFields, *, actor: Actor, now: datetime, version: int = 0) -> Merchant:
    """Add a merchant of an org, or change one. Raises RuleBroken, Conflict."""
    require(actor, rights.OFFERS, org)
    if not tidy(fields.name):
        raise RuleBroken(_("还没有写商户的名称。"), field="name")
    if fields.ends_on and fields.ends_on < fields.starts_on:
        raise RuleBroken(_("协议的截止日期早于开始日期。"), field="ends_on")
    row = found or Merchant(org_id=org.id, org=org, created_at=now, version=0)
    if found is not None:
        fresh = update(Merchant).where(Merchant.id == found.id, Merchant.version == version).values(version=version + 1)
        if not update_count(fresh.execution_options(**QUIET)):
            raise Conflict(_("这家商户刚刚有人改过，请对照新的内容再改一遍。"))
        session().refresh(found)
    else:
        row.version = 1
    for name in ("name", "address", "phone", "contact", "agreement"):
        setattr(row, name, tidy(getattr(fields, name))[: getattr(Merchant, name).type.length])
    for name in ("trade", "starts_on", "ends_on", "account_id"):
        setattr(row, name, getattr(fields, name))
    row.updated_at = now
    session().add(row)
    session().flush()
    record_audit("rewards.merchant_kept", f"merchant:{row.id}", actor=actor, now=now, org_id=row.org_id, name=row.name)
    purge_pages(PAGES)
    return row


def may_write(merchant: Merchant, actor: Actor) -> bool:
    """Say whether an actor is the merchant's own account."""
    return actor.account_id is not None and merchant.account_id == actor.account_id


def write(found: Offer | None, merchant: Merchant, fields: OfferFields, *, actor: Actor, now: datetime, version: int = 0) -> Offer:
    """Write an offer of a merchant, or change one; one that was approved waits for the union's yes again. Raises RuleBroken, Conflict."""
    _may(merchant, actor)
    _check(fields, found, clock.local_day(now))
    values: dict[str, Any] = {
        "title": tidy(fields.title)[:60], "terms": tidy(fields.terms, one_line=False)[:2000], "since": fields.since, "until": fields.until,
        "total": fields.total, "per_member": fields.per_member, "picture_id": fields.picture_id, "written_by": actor.account_id,
        "approved_by": None, "updated_at": now,
    }  # fmt: skip
    if found is None:
        found = Offer(org_id=merchant.org_id, org=merchant.org, merchant_id=merchant.id, merchant=merchant, created_at=now, **values)
        session().add(found)
        session().flush()
    else:
        after = OfferState.SUBMITTED if found.state == OfferState.APPROVED else OfferState.DRAFT
        fresh = update(Offer).where(Offer.id == found.id, Offer.version == version)
        if not update_count(fresh.values(version=version + 1, state=after.value, **values).execution_options(**QUIET)):
            raise Conflict(_("这项优惠刚刚有人改过，请对照新的内容再改一遍。"))
        session().refresh(found)
    note_media(KIND, found.id, [found.picture_id] if found.picture_id else [])
    record_audit("rewards.offer_written", f"offer:{found.id}", actor=actor, now=now, org_id=found.org_id, state=found.state)
    _changed(found)
    return found


def submit(found: Offer, *, actor: Actor, now: datetime) -> None:
    """Send an offer to the union. Raises Conflict."""
    _may(found.merchant, actor)
    _move(found, (OfferState.DRAFT, OfferState.RETURNED), OfferState.SUBMITTED, "submitted", actor, now, returned_for="")


def approve(found: Offer, *, actor: Actor, now: datetime) -> None:
    """Let members see an offer; somebody else wrote it. Raises NotAllowed, RuleBroken, Conflict."""
    require(actor, rights.OFFERS, found.org)
    if found.written_by == actor.account_id:
        raise NotAllowed(_("自己写的优惠要请别人同意。"))
    if found.until < clock.local_day(now):
        raise RuleBroken(_("这项优惠 %(day)s 就结束了，请先改日期。", day=found.until))
    _move(found, (OfferState.SUBMITTED,), OfferState.APPROVED, "approved", actor, now, approved_by=actor.account_id)


def give_back(found: Offer, reason: str, *, actor: Actor, now: datetime) -> None:
    """Return an offer with a reason. Raises RuleBroken, Conflict."""
    require(actor, rights.OFFERS, found.org)
    if not (words := tidy(reason)[:300]):
        raise RuleBroken(_("请写明哪里要改，商户才知道怎么办。"), field="reason")
    _move(found, (OfferState.SUBMITTED,), OfferState.RETURNED, "returned", actor, now, returned_for=words)


def withdraw(found: Offer, *, actor: Actor, now: datetime) -> None:
    """Take an offer down: the merchant, or the union. Raises Conflict."""
    if not may_write(found.merchant, actor):
        require(actor, rights.OFFERS, found.org)
    _move(found, (OfferState.APPROVED, OfferState.SUBMITTED), OfferState.WITHDRAWN, "withdrawn", actor, now)


def use(found: Offer, member_id: int, *, now: datetime) -> OfferUse:
    """Note that a member shows an offer at the shop: once a day, as often as it allows, while there are any. The same day again is the
    same use. Raises RuleBroken.
    """
    today = clock.local_day(now)
    mine = queries.used_by(found.id, member_id)
    if mine and mine[0].day == today:
        return mine[0]
    if not queries.is_shown(found, today):
        raise RuleBroken(_("这项优惠现在不能用，看看别的。"), code="offer-over")
    if len(mine) >= found.per_member:
        told = _("每人可以用 %(n)s 次，你已经用完了。", n=found.per_member)
        raise RuleBroken(told, code="offer-used-up")
    free = update(Offer).where(Offer.id == found.id, or_(Offer.total.is_(None), Offer.used < Offer.total)).values(used=Offer.used + 1)
    if not update_count(free.execution_options(**QUIET)):
        raise RuleBroken(_("名额用完了，一共 %(n)s 份。", n=found.total), code="offer-gone")
    made = session().execute(
        insert(OfferUse).values(offer_id=found.id, member_id=member_id, number=len(mine) + 1, day=today, at=now).returning(OfferUse.id)
    )  # fmt: skip
    use_id = made.scalar_one()
    if found.total is not None:
        _changed(found)
    kept = session().get(OfferUse, use_id)
    if kept is None:
        raise RuntimeError("what was just written is not there")
    return kept


def _may(merchant: Merchant, actor: Actor) -> None:
    if not may_write(merchant, actor):
        require(actor, rights.OFFERS, merchant.org)


def _check(fields: OfferFields, found: Offer | None, today: date) -> None:
    if not tidy(fields.title):
        raise RuleBroken(_("还没有写优惠是什么。"), field="title")
    if fields.until < fields.since:
        raise RuleBroken(_("结束日期早于开始日期。"), field="until")
    if fields.until < today:
        raise RuleBroken(_("结束日期已经过了（%(day)s）。", day=fields.until), field="until")
    if fields.total is not None and found is not None and fields.total < found.used:
        raise RuleBroken(_("已经用了 %(n)s 份，总数不能再少了。", n=found.used), field="total")


def _move(
    found: Offer, before: tuple[OfferState, ...], after: OfferState, act: str, actor: Actor, now: datetime, **values: Any
) -> None:
    held = update(Offer).where(Offer.id == found.id, Offer.state.in_(before), Offer.version == found.version)
    if not update_count(held.values(state=after.value, updated_at=now, **values).execution_options(**QUIET)):
        raise Conflict(_("这项优惠刚刚有人处理过，请刷新看看。"))
    session().refresh(found)
    record_audit(f"rewards.offer_{act}", f"offer:{found.id}", actor=actor, now=now, org_id=found.org_id, state=after.value)
    _changed(found)


def _changed(found: Offer) -> None:
    purge_pages(PAGES, f"{PAGES}:{found.id}")
