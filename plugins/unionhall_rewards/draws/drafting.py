"""Writing a draft: what will be published, and what still keeps it from being published."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select, update

from unionhall.plugin import (
    Actor,
    Conflict,
    Org,
    RuleBroken,
    clock,
    plugin_settings,
    record_audit,
    require,
    scoped,
    session,
    unscoped,
    update_count,
)
from unionhall_rewards import rights
from unionhall_rewards.coupons.models import CouponKind
from unionhall_rewards.draws import audience, entering
from unionhall_rewards.draws.models import Algorithm, Draw, DrawState, Prize
from unionhall_rewards.draws.uhi1 import MILLION
from unionhall_rewards.fund.labels import yuan
from unionhall_rewards.fund.models import Fund
from unionhall_rewards.fund.rules import Limits, Plan, Warning
from unionhall_rewards.fund.rules import warnings as spending_warnings

TOP_FEN = 5_000_000
"""The dearest that anybody may win in one draw (rules on promotions, art. 17)."""
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class PrizeTerms:
    """A prize as it is written: `pack` is {coupon kind id: how many}; a thing has a value of its own (fen)."""

    name: str
    quantity: int
    value_fen: int = 0
    ppm: int = 0
    per_day: int | None = None
    pack: dict[int, int] = field(default_factory=dict)
    late: int | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """Everything of a draw that is published."""

    title: str
    algo: str
    opens_at: datetime
    closes_at: datetime
    public_source: str
    public_at: datetime | None
    prizes: tuple[PrizeTerms, ...]
    fund_id: int | None = None
    intro: str = ""
    organiser: str = ""
    contact: str = ""
    rules: str = ""
    tries_a_day: int = 1
    most_wins: int | None = 1
    month_wins: int | None = None
    fallback: bool = True
    audience: tuple[int, ...] = ()
    reserve: int = 0
    reveal_minutes: int = 60
    day_wins: int | None = None
    late_from: int = 1080


def create(org: Org, terms: Terms, *, actor: Actor, now: datetime) -> Draw:
    """Write a new draft. Raises RuleBroken at the field that does not fit."""
    require(actor, rights.DRAWS, org)
    _judge(org, terms, actor)
    draw = Draw(org_id=org.id, key=_new_key(terms.algo, now), state=DrawState.DRAFT.value, created_at=now)
    draw.org = org
    _fill(draw, terms, actor, now)
    session().add(draw)
    session().flush()
    record_audit("rewards.draw_created", f"draw:{draw.id}", actor=actor, now=now, org_id=org.id)
    return draw


def save(draw: Draw, terms: Terms, *, version: int, actor: Actor, now: datetime) -> None:
    """Change a draft. Raises Conflict when somebody else saved in between, RuleBroken once it is published."""
    require(actor, rights.DRAWS, draw.org)
    _judge(draw.org, terms, actor)
    mine = update(Draw).where(Draw.id == draw.id, Draw.version == version, Draw.state == DrawState.DRAFT).values(version=version + 1)
    if not update_count(mine):
        if draw.state != DrawState.DRAFT:
            raise RuleBroken(_("已经公布的抽奖不能再改。要改只能作废以后另建一个。"), code="draw-published")
        raise Conflict(_("别人刚刚改过这份草稿。请打开最新的再改。"))
    session().refresh(draw)
    _fill(draw, terms, actor, now)
    session().flush()
    record_audit("rewards.draw_changed", f"draw:{draw.id}", actor=actor, now=now, org_id=draw.org_id)


def discard(draw: Draw, *, actor: Actor, now: datetime) -> None:
    """Delete a draft."""
    require(actor, rights.DRAWS, draw.org)
    if draw.state != DrawState.DRAFT:
        raise RuleBroken(_("已经公布的抽奖不能删除，只能作废。"), code="draw-published")
    record_audit("rewards.draw_discarded", f"draw:{draw.id}", actor=actor, now=now, org_id=draw.org_id)
    session().delete(draw)
    session().flush()


def _new_key(algo: str, now: datetime) -> str:
    ending = "".join(secrets.choice(ALPHABET) for _place in range(6))
    return f"{'instant' if algo == Algorithm.INSTANT else 'batch'}-{clock.local_day(now):%Y%m%d}-{ending}"


def _judge(org: Org, terms: Terms, actor: Actor) -> None:
    if terms.closes_at <= terms.opens_at:
        raise RuleBroken(_("截止要在开始之后。"), field="closes_at")
    audience.checked(org, terms.audience)
    if not 1 <= terms.tries_a_day < entering.TURNS:
        raise RuleBroken(_("一天的机会要在 1 到 9 次之间。"), field="tries_a_day")
    if not terms.prizes:
        raise RuleBroken(_("还没有奖项，至少写一个。"), field="prizes")
    for prize in terms.prizes:
        if prize.late and not prize.late <= (prize.per_day or 0):
            raise RuleBroken(_("“%(name)s”留到晚上的份数不能多于每天的份数。", name=prize.name), field="prizes")
    if terms.fund_id is not None and terms.fund_id not in {fund.id for fund in fund_choices(actor)}:
        raise RuleBroken(_("这笔经费不能用：已经停用，或者不在你管的范围里。"), field="fund")


def _fill(draw: Draw, terms: Terms, actor: Actor, now: datetime) -> None:
    for name in (
        "title", "algo", "opens_at", "closes_at", "public_source", "public_at", "fund_id", "intro", "organiser", "contact", "rules",
        "tries_a_day", "most_wins", "month_wins", "day_wins", "late_from", "fallback", "reserve", "reveal_minutes",
    ):  # fmt: skip
        setattr(draw, name, getattr(terms, name))
    draw.audience_path, draw.audience = draw.org.path, audience.checked(draw.org, terms.audience)
    draw.created_by, draw.updated_at = actor.account_id, now
    if draw.id:
        draw.prizes.clear()
        session().flush()
    instant = terms.algo == Algorithm.INSTANT
    faces = {kind.id: kind.face_fen for kind in kinds_of(draw.fund_id, {kind for prize in terms.prizes for kind in prize.pack})}
    for position, prize in enumerate(terms.prizes, start=1):
        value = sum(faces.get(kind, 0) * number for kind, number in prize.pack.items()) if prize.pack else prize.value_fen
        if value <= 0:
            raise RuleBroken(_("“%(name)s”没有价值：券种不在这笔经费里，或者没有填金额。", name=prize.name), field="prizes")
        if value > TOP_FEN:
            raise RuleBroken(_("“%(name)s”值 %(fen)s，超过了 50,000 元的上限。", name=prize.name, fen=yuan(value)), field="prizes")
        draw.prizes.append(
            Prize(
                position=position, key=f"P{position}", name=prize.name, quantity=prize.quantity, left=prize.quantity, value_fen=value,
                ppm=prize.ppm if instant else 0, per_day=prize.per_day if instant else None, late=prize.late or None if instant else None,
                coupons={str(kind): number for kind, number in prize.pack.items()},
            )
        )  # fmt: skip


def kinds_of(fund_id: int | None, ids: set[int]) -> list[CouponKind]:
    """Return those of the coupon kinds that a fund pays and that are in use."""
    wanted = select(CouponKind).where(CouponKind.id.in_(ids), CouponKind.fund_id == fund_id, CouponKind.state == "active")
    return list(session().scalars(unscoped(wanted, why="rules")))


def kind_choices(fund_ids: list[int]) -> list[CouponKind]:
    """Return the coupon kinds in use of some funds that the caller may see, by name."""
    wanted = select(CouponKind).where(CouponKind.fund_id.in_(fund_ids), CouponKind.state == "active")
    return list(session().scalars(unscoped(wanted.order_by(CouponKind.name, CouponKind.id), why="given")))


def fund_choices(actor: Actor) -> list[Fund]:
    """Return the open funds from which an actor may give prizes, by name."""
    wanted = select(Fund).where(Fund.closed_at.is_(None)).order_by(Fund.name, Fund.id)
    return list(session().scalars(scoped(wanted, Fund, actor, rights.DRAWS)))


def cost(draw: Draw) -> int:
    """Return what publishing reserves of the fund: all coupons of all prizes (fen)."""
    return sum(prize.quantity * prize.value_fen for prize in draw.prizes if prize.coupons)


def lacks(draw: Draw, now: datetime) -> list[str]:
    """Return what keeps a draft from being published, in sentences."""
    found = [*_texts_lacking(draw), *_times_lacking(draw, now), *_prizes_lacking(draw), *_people_lacking(draw)]
    if any(prize.coupons for prize in draw.prizes):
        found += _money_lacking(draw)
    return found


def _texts_lacking(draw: Draw) -> list[str]:
    wanted = (
        (draw.organiser, _("还没有写主办方。")), (draw.contact, _("还没有写联系人和电话。")),
        (draw.rules, _("还没有写领奖和用券的规则：怎么领、到什么时候、在哪里用、过期怎么办。")),
        (draw.public_source, _("还没有写公开数从哪里来，例如“2026 年 6 月 1 日福彩 3D 开奖号码”。")),
    )  # fmt: skip
    return [sentence for text, sentence in wanted if not text.strip()]


def _times_lacking(draw: Draw, now: datetime) -> list[str]:
    found = []
    if draw.opens_at <= now:
        found.append(_("开始的时间已经过了：公布要在开始之前。"))
    if draw.public_at is None:
        found.append(_("还没有写什么时候读公开数。"))
    elif draw.algo == Algorithm.BATCH and draw.public_at < draw.closes_at:
        found.append(_("统一开奖的公开数要在截止以后读，否则有人能先算出结果。"))
    elif draw.algo == Algorithm.INSTANT and not now < draw.public_at <= draw.opens_at:
        found.append(_("当场抽的公开数要在公布以后、开始以前读。"))
    return found


def _prizes_lacking(draw: Draw) -> list[str]:
    found = []
    if draw.algo == Algorithm.INSTANT:
        if sum(prize.ppm for prize in draw.prizes) > MILLION:
            found.append(_("各奖项的中奖率加起来超过了百分之百。"))
        spare = draw.fallback
        found += [_("“%(name)s”还没有写中奖率。", name=p.name) for p in draw.prizes if p.ppm == 0 and not (spare and p.position > 1)]
    top = max((prize.value_fen for prize in draw.prizes), default=0) * most_wins(draw)
    if top > TOP_FEN:
        found.append(_("同一个人最多可能中 %(fen)s，超过了 50,000 元的上限：请减少每人中奖次数或奖品价值。", fen=yuan(top)))
    if not draw.prizes:
        found.append(_("还没有奖项。"))
    return found


def _people_lacking(draw: Draw) -> list[str]:
    try:
        audience.checked(draw.org, draw.audience)
    except RuleBroken:
        return [_("选的工会里有的已经不归 %(org)s 管，请重新选参加的人。", org=draw.org.short_name)]
    return []


def most_wins(draw: Draw) -> int:
    """Return how often one person can win at most: what is said, else each of their chances."""
    if draw.algo == Algorithm.BATCH:
        return 1
    days = (clock.local_day(draw.closes_at) - clock.local_day(draw.opens_at)).days + 1
    chances = days * (draw.tries_a_day + 1)
    by_day = days * draw.day_wins if draw.day_wins else chances
    return min(chances, sum(prize.quantity for prize in draw.prizes), draw.most_wins or chances, by_day)


def _money_lacking(draw: Draw) -> list[str]:
    fund = draw.fund
    if fund is None:
        return [_("奖项里有消费券，但没有选经费。")]
    found = []
    if fund.closed_at is not None:
        found.append(_("经费“%(name)s”已经停用。", name=fund.name))
    wanted = {int(kind) for prize in draw.prizes for kind in prize.coupons}
    faces = {kind.id: kind.face_fen for kind in kinds_of(draw.fund_id, wanted)}
    if wanted - set(faces):
        found.append(_("有的券种已经停用，或者不在这笔经费里。"))
    elif any(sum(faces[int(kind)] * n for kind, n in prize.coupons.items()) != prize.value_fen for prize in draw.prizes if prize.coupons):
        found.append(_("券种的面值改过了，请重新保存一次草稿。"))
    if cost(draw) > fund.free_fen:
        found.append(_("要预留 %(cost)s，经费里可用的只有 %(free)s。", cost=yuan(cost(draw)), free=yuan(fund.free_fen)))
    return found


def rule_warnings(draw: Draw) -> Sequence[Warning]:
    """Return what the site's rules of spending (features.md Q16) say against a draft, grave things first; nothing is refused."""
    chosen = plugin_settings("rewards")
    limits = Limits(int(chosen.get("winners_percent") or 50), int(chosen.get("person_yuan") or 500) * 100)
    total, values = cost(draw), [prize.value_fen for prize in draw.prizes]
    free = draw.fund.free_fen if draw.fund else total
    plan = Plan(
        len(audience.people(draw)), sum(prize.quantity for prize in draw.prizes), max(values, default=0) * most_wins(draw), total,
        max(free, total), draw.fund.source_code if draw.fund else "-", draw.algo == Algorithm.INSTANT, max(values, default=0),
    )  # fmt: skip
    return spending_warnings(plan, limits)


def warnings(draw: Draw) -> list[str]:
    """Return what an editor should look at before publishing, though nothing forbids it; what the rules of spending say comes first."""
    found = [each.text for each in rule_warnings(draw)]
    if draw.algo == Algorithm.BATCH and draw.reserve == 0 and any(not prize.coupons for prize in draw.prizes):
        found.append(_("没有候补：实物奖没人领就空着。"))
    if draw.algo == Algorithm.INSTANT and draw.most_wins is None and draw.month_wins is None and draw.day_wins is None:
        found.append(_("没有限制每人中奖次数，同一个人可能中很多次。"))
    if any(prize.per_day is None for prize in draw.prizes) and draw.algo == Algorithm.INSTANT:
        found.append(_("有的奖没有每天的数量：上夜班的人来的时候可能已经发完了。"))
    return found
