"""Kinds of coupons: drafted, put to use, retired. What was promised of a kind in use is not changed any more."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import select, update

from unionhall.plugin import (
    Actor,
    Conflict,
    NotFound,
    RuleBroken,
    clock,
    record_audit,
    require,
    session,
    tidy,
    unscoped,
    update_count,
)
from unionhall_rewards import rights
from unionhall_rewards.coupons import queries
from unionhall_rewards.coupons.models import CouponKind, Form, KindStore
from unionhall_rewards.fund.models import Fund

MOST_FEN = 5_000_000
FROZEN = (
    "fund_id", "form", "face_fen", "min_spend_fen", "percent", "valid_days", "valid_from", "valid_until", "stackable", "family",
    "everywhere",
)  # fmt: skip
AFTER = {"synchronize_session": False}


@dataclass(frozen=True, slots=True)
class Rules:
    """What a kind of coupon is: amounts in fen, `store_ids` where it can be used unless `everywhere`."""

    fund_id: int
    name: str
    form: str
    face_fen: int
    name_en: str = ""
    min_spend_fen: int = 0
    percent: int = 0
    valid_days: int | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    everywhere: bool = True
    store_ids: tuple[int, ...] = ()
    stackable: bool = False
    family: bool = False
    terms: str = ""


def rules_of(kind: CouponKind) -> Rules:
    """Return what a kind says now."""
    said = {field.name: getattr(kind, field.name) for field in fields(Rules) if field.name != "store_ids"}
    return Rules(**said, store_ids=tuple(sorted(place.store_id for place in kind.places)))


def add(rules: Rules, *, actor: Actor, now: datetime) -> CouponKind:
    """Draft a kind that a fund pays for. Raises NotAllowed, RuleBroken."""
    fund = _fund(rules.fund_id)
    require(actor, rights.COUPONS, fund.org)
    _judge(rules)
    kind = CouponKind(org_id=fund.org_id, created_by=actor.account_id, created_at=now, updated_at=now)
    _fill(kind, rules)
    session().add(kind)
    session().flush()
    record_audit("rewards.kind_added", f"coupon_kind:{kind.id}", actor=actor, now=now, org_id=kind.org_id)
    return kind


def change(kind_id: int, rules: Rules, *, version: int, actor: Actor, now: datetime) -> CouponKind:
    """Change a kind. Of one in use the name and the words may change, and stores be added; nothing that was promised.

    Raises NotAllowed, Conflict for who saves second, RuleBroken.
    """
    kind = _lock(kind_id)
    require(actor, rights.COUPONS, kind.org)
    fund = _fund(rules.fund_id)
    require(actor, rights.COUPONS, fund.org)
    if kind.version != version:
        raise Conflict(_("别人刚改过这个券种。请看看现在的内容，再改一次。"))
    _judge(rules)
    if kind.state != "draft" and queries.is_used(kind):
        _must_keep(rules_of(kind), rules)
    _fill(kind, rules)
    kind.org_id, kind.version, kind.updated_at = fund.org_id, kind.version + 1, now
    session().flush()
    record_audit("rewards.kind_changed", f"coupon_kind:{kind.id}", actor=actor, now=now, org_id=kind.org_id)
    return kind


def put_to_use(kind_id: int, *, actor: Actor, now: datetime) -> CouponKind:
    """Put a kind to use, for the first time or again; doing it twice changes nothing."""
    kind = _lock(kind_id)
    if kind.state == "active":
        require(actor, rights.COUPONS, kind.org)
        return kind
    if kind.valid_until is not None and kind.valid_until < clock.local_day(now):
        raise RuleBroken(_("有效期 %(day)s 已经过了，先改有效期再启用。", day=kind.valid_until), code="over")
    return _move(kind, "active", actor=actor, now=now)


def retire(kind_id: int, *, actor: Actor, now: datetime) -> CouponKind:
    """Give no more coupons of a kind by hand; those that members hold stay good, and published draws keep their word."""
    kind = _lock(kind_id)
    if kind.state == "draft":
        raise RuleBroken(_("还是草稿，没有启用过。不要了可以删掉。"), code="draft")
    return kind if kind.state == "retired" else _move(kind, "retired", actor=actor, now=now)


def remove(kind_id: int, *, actor: Actor, now: datetime) -> None:
    """Delete a draft that nothing uses. Raises RuleBroken for any other kind."""
    kind = _lock(kind_id)
    require(actor, rights.COUPONS, kind.org)
    if kind.state != "draft" or queries.is_used(kind) or _drafted(kind):
        raise RuleBroken(_("只能删没有用过的草稿。这个券种已经用上了，可以停用。"), code="used")
    session().delete(kind)
    session().flush()
    record_audit("rewards.kind_removed", f"coupon_kind:{kind_id}", actor=actor, now=now, org_id=kind.org_id)


def _drafted(kind: CouponKind) -> bool:
    """Say whether a draw that is still a draft gives this kind."""
    packs = session().scalars(select(queries._PRIZE.c.coupons))
    return any(str(kind.id) in (pack or {}) for pack in packs)


def _move(kind: CouponKind, state: str, *, actor: Actor, now: datetime) -> CouponKind:
    require(actor, rights.COUPONS, kind.org)
    before = kind.state
    moved = update(CouponKind).where(CouponKind.id == kind.id, CouponKind.state == before)
    if not update_count(moved.values(state=state, version=CouponKind.version + 1, updated_at=now).execution_options(**AFTER)):
        raise Conflict(_("别人刚改过这个券种。请看看现在的内容，再改一次。"))
    session().refresh(kind)
    record_audit(f"rewards.kind_{state}", f"coupon_kind:{kind.id}", actor=actor, now=now, org_id=kind.org_id, before=before, after=state)
    return kind


def _lock(kind_id: int) -> CouponKind:
    wanted = select(CouponKind).where(CouponKind.id == kind_id).with_for_update(of=CouponKind).execution_options(populate_existing=True)
    found = session().scalar(unscoped(wanted, why="judged below"))
    if found is None:
        raise NotFound()
    return found


def _fund(fund_id: int) -> Fund:
    found = session().scalar(unscoped(select(Fund).where(Fund.id == fund_id), why="judged below"))
    if found is None or found.closed_at is not None:
        raise RuleBroken(_("这笔经费不能用了，请换一笔。"), field="fund_id", code="fund")
    return found


def _fill(kind: CouponKind, rules: Rules) -> None:
    for field in fields(Rules):
        if field.name not in ("store_ids", "name", "name_en", "terms"):
            setattr(kind, field.name, getattr(rules, field.name))
    kind.name, kind.name_en = tidy(rules.name), tidy(rules.name_en)
    kind.terms = tidy(rules.terms, one_line=False)
    wanted = set() if rules.everywhere else set(rules.store_ids)
    kept = [place for place in kind.places if place.store_id in wanted]
    kind.places = kept + [KindStore(store_id=store_id) for store_id in sorted(wanted - {place.store_id for place in kept})]


def _judge(rules: Rules) -> None:
    """Raise RuleBroken for what cannot be."""
    if not 0 < rules.face_fen <= MOST_FEN:
        raise RuleBroken(_("面值要大于 0，最多 50,000 元。"), field="face", code="face")
    if rules.form not in set(Form):
        raise RuleBroken(_("请选券怎么用。"), field="form", code="form")
    if (rules.form == Form.PERCENT) != (rules.percent > 0) or not 0 <= rules.percent <= 99:
        raise RuleBroken(_("打折的券要填减百分之几（1 到 99），别的券不填。"), field="percent", code="percent")
    if rules.form == Form.CASH_OFF and 0 < rules.min_spend_fen < rules.face_fen:
        raise RuleBroken(_("满多少可用不能比面值还小：券不找零。"), field="min_spend", code="min-spend")
    if rules.valid_days is None and (rules.valid_from is None or rules.valid_until is None):
        raise RuleBroken(_("有效期填一种：拿到后几天，或者从哪天到哪天。"), field="valid_days", code="valid")
    if rules.valid_days is not None and (rules.valid_from or rules.valid_until):
        raise RuleBroken(_("有效期只填一种：填了天数，就不要再填起止日期。"), field="valid_days", code="valid")
    if rules.valid_from and rules.valid_until and rules.valid_until < rules.valid_from:
        raise RuleBroken(_("有效期的最后一天在第一天之前。"), field="valid_until", code="period")
    if not rules.everywhere and not rules.store_ids:
        raise RuleBroken(_("请选哪些门店能用，或者选“全部门店”。"), field="store_ids", code="stores")


def _must_keep(before: Rules, after: Rules) -> None:
    """Raise RuleBroken when something that holders or a published draw rely on would change."""
    for name in FROZEN:
        if getattr(before, name) != getattr(after, name):
            field = {"face_fen": "face", "min_spend_fen": "min_spend"}.get(name, name)
            raise RuleBroken(_("已经发过这种券，或者公布的抽奖用了它，这一项不能再改。要改请另建一个券种。"), field=field, code="frozen")
    if not before.everywhere and not set(before.store_ids) <= set(after.store_ids):
        raise RuleBroken(_("已经发出去的券说好在这些门店能用，只能加门店，不能减。"), field="store_ids", code="frozen")
