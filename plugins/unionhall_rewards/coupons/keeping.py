"""What is kept of people: whose a coupon is, and what they wrote; the accounts stay, without a name."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select, update

from unionhall.plugin import SYSTEM, Kept, Person, PersonalData, clock, plugin_settings, record_audit, session, unscoped
from unionhall_rewards.coupons import labels, shown
from unionhall_rewards.coupons.models import Coupon, CouponKind, CouponState, Extension, Gift, Voiding
from unionhall_rewards.fund.labels import yuan

BOOK_YEARS = 3
"""How long the accounts are kept unless the site chose otherwise."""
AFTER = {"synchronize_session": False}


def export(person: Person) -> dict[str, Any]:
    """Return a member's coupons, without codes: those stand on each coupon's page."""
    if not person.member_id:
        return {}
    now = clock.now()
    rows = session().scalars(select(Coupon).where(Coupon.member_id == person.member_id).order_by(Coupon.id)).unique().all()
    said = {row.coupon_id: row for row in _voidings(person.member_id)}
    return {_("消费券"): [_line(row, said.get(row.id), now) for row in rows]} if rows else {}


def _line(row: Coupon, voiding: Voiding | None, now: datetime) -> dict[str, Any]:
    return {
        _("编号"): labels.number(row.id), _("券种"): labels.name(row.kind), _("面值"): yuan(row.face_fen),
        _("状态"): str(labels.STATES[CouponState(row.state)][0]) if shown.state_of(row, now) != shown.EXPIRED else _("已过期"),
        _("来源"): _("抽奖") if row.entry_id else _("按名单发放"), _("发放时间"): clock.local(row.issued_at).isoformat(),
        _("有效期至"): clock.local_day(row.valid_to).isoformat(),
        _("作废原因"): voiding.reason if voiding and voiding.state == "done" else "",
        _("申诉"): voiding.appeal if voiding else "",
    }  # fmt: skip


def _voidings(member_id: int) -> list[Voiding]:
    held = select(Coupon.id).where(Coupon.member_id == member_id)
    wanted = select(Voiding).where(Voiding.coupon_id.in_(held)).order_by(Voiding.id)
    return list(session().scalars(unscoped(wanted, why="oneself")).unique())


def erase(person: Person, now: datetime) -> Iterable[Kept]:
    """Take the person off their coupons. What they can still use cannot be used any more and expires; the accounts stay."""
    if not person.member_id:
        return []
    member_id = person.member_id
    _forget_gifts(member_id, now)
    last = session().scalar(select(func.max(func.coalesce(Coupon.closed_at, Coupon.valid_to))).where(Coupon.member_id == member_id))
    if last is None:
        return []
    for row in _voidings(member_id):
        row.appeal = ""
    session().flush()
    # Its code opens nothing any more: the look-up is replaced by one that no code gives.
    mine = session().scalars(select(Coupon.id).where(Coupon.member_id == member_id)).all()
    for coupon_id in mine:
        gone = update(Coupon).where(Coupon.id == coupon_id).values(member_id=None, code_sealed="", lookup=f"erased-{coupon_id}")
        session().execute(gone.execution_options(**AFTER))
    session().expire_all()
    record_audit("rewards.coupons_erased", f"member:{member_id}", actor=SYSTEM, now=now, coupons=len(mine))
    years = int(plugin_settings("rewards").get("retention_years") or BOOK_YEARS)
    until = clock.first_moment(date(clock.local_day(last).year + years + 1, 1, 1))
    why = _l("奖品和兑付的账要留存备查（规范促销行为暂行规定第十九条至少 2 年），已不带姓名；没用的券不能再用")
    return [Kept(_l("消费券的面值、日期和核销记录"), why, until)]


def _forget_gifts(member_id: int, now: datetime) -> None:
    """Take the person off lists that were not approved yet, and off those of the past."""
    rows = session().scalars(unscoped(select(Gift).where(Gift.state != "done").order_by(Gift.id), why="oneself")).unique()
    given = select(Gift).where(Gift.id.in_(select(Coupon.gift_id).where(Coupon.member_id == member_id)))
    for gift in [*rows, *session().scalars(unscoped(given, why="oneself")).unique()]:
        if member_id in gift.member_ids:
            gift.member_ids = [other for other in gift.member_ids if other != member_id]
    session().flush()


def hand_over(source_id: int, target_id: int) -> None:
    """Give the kinds, gifts and extensions of an org to the one that stays."""
    for owned in (CouponKind, Gift, Extension):
        session().execute(update(owned).where(owned.org_id == source_id).values(org_id=target_id).execution_options(**AFTER))


PERSONAL = PersonalData("rewards.coupons", _l("消费券"), export, erase)
