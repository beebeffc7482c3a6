"""The demo's draws: one that is over, one of this month that runs, a draft. All invented."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import select

from unionhall.plugin import Actor, Org, clock, demo_account, members_below, org_by_slug, session, unscoped
from unionhall_rewards.coupons.models import CouponKind
from unionhall_rewards.draws import drafting, drawing, entering, facts, publishing, queries
from unionhall_rewards.draws.drafting import PrizeTerms, Terms
from unionhall_rewards.draws.models import Algorithm

ENTRIES, PEOPLE, DAYS = 300, 40, 30
CONTACT = "权益保障部 0570-88001234"
RULES_THING = "中奖后 30 天内凭会员码到职工服务中心领取；过期没有领的，按顺序转给候补。"
RULES_COUPON = "中奖当场到券包，7 天内在贴有标志的工人驿站使用，一次用一张，不找零；过期的钱回到经费。"


def load(now: datetime) -> None:
    """Tell it at the city's union; nothing where nobody is activated."""
    org = org_by_slug("qinghe")
    if not members_below(org.path):
        return
    hands = _hand("orgadmin"), _hand("cityadmin")
    _over(org, now, *hands)
    _running(org, now, *hands)
    _draft(org, now, hands[0])


def _hand(login: str) -> Actor:
    """Return somebody with the system's rights: what is told of them is past."""
    return Actor(demo_account(login), login, login, system=True)


def _over(org: Org, now: datetime, writer: Actor, second: Actor) -> None:
    """A batch of things: published six weeks ago, drawn last week."""
    first = clock.first_moment(clock.local_day(now) - timedelta(days=DAYS + 9))
    closes = first + timedelta(days=DAYS, hours=20)
    prizes = (PrizeTerms("一等奖 空气炸锅", 1, 39_900), PrizeTerms("二等奖 保温杯", 5, 8_900), PrizeTerms("三等奖 读书卡", 10, 5_000))
    terms = Terms(
        "安全生产月知识竞答抽奖", Algorithm.BATCH.value, first + timedelta(hours=8), closes, "截止次日福彩 3D 开奖号码",
        closes + timedelta(hours=1), prizes, intro="答题满 60 分就有一次机会，每天一次。", organiser=org.name, contact=CONTACT,
        rules=RULES_THING, reserve=5, reveal_minutes=120,
    )  # fmt: skip
    draw = drafting.create(org, terms, actor=writer, now=first - timedelta(days=3))
    publishing.publish(draw.id, actor=second, now=first - timedelta(days=1))
    known = facts.of(draw.id, draw.commit_hash, "")
    told = {demo_account("member"), demo_account("member2")}
    rows = sorted(members_below(org.path), key=lambda row: (row[1] not in told, row[0]))
    people = [member_id for member_id, _account in rows if known.takes_part(known.holder(member_id))][:PEOPLE]
    turns = [(member_id, at) for at in range(DAYS) for member_id in people][:ENTRIES]
    for number, (member_id, at) in enumerate(turns):
        moment = first + timedelta(days=at, hours=9, minutes=number % 500)
        entering.enter(draw.id, member_id, "quiz.demo", number + 1, day=clock.local_day(moment), now=moment)
    drawing.advance(draw.id, closes)
    read = closes + timedelta(hours=1, minutes=5)
    drawing.say_public(draw.id, "3 D 4 1 7", "福彩官网 21:20，经审会王敏在场", actor=writer, now=read)
    drawing.confirm_public(draw.id, "3 D 4 1 7", actor=second, now=read)
    drawing.advance(draw.id, read + timedelta(minutes=1))


def _running(org: Org, now: datetime, writer: Actor, second: Actor) -> None:
    """An instant draw of coupons for this month; of things where there is no fund with kinds of coupons yet."""
    today = clock.local_day(now)
    opens = clock.first_moment(today.replace(day=1))
    closes = clock.first_moment((today.replace(day=28) + timedelta(days=7)).replace(day=1))
    kinds = _kinds()
    prizes: tuple[PrizeTerms, ...] = (
        PrizeTerms("食堂餐券", 20, 3_000, 5_000, 2), PrizeTerms("矿泉水一箱", 200, 2_400, 50_000, 10),
        PrizeTerms("毛巾", 400, 800, 200_000, 20),
    )  # fmt: skip
    if kinds:
        odds = ((5_000, 20, 2), (50_000, 100, 10), (200_000, 200, 20))
        prizes = tuple(
            PrizeTerms(kind.name, number, 0, ppm, daily, {kind.id: 1}) for kind, (ppm, number, daily) in zip(kinds, odds, strict=False)
        )
    terms = Terms(
        f"{today.month} 月会员日抽奖", Algorithm.INSTANT.value, opens, closes, "开始前一天福彩 3D 开奖号码", opens - timedelta(hours=2),
        prizes,
        fund_id=kinds[0].fund_id if kinds else None, intro="每天答题后抽一次，当场知道结果。", organiser=org.name, contact=CONTACT,
        rules=RULES_COUPON if kinds else RULES_THING, most_wins=4, month_wins=4,
    )  # fmt: skip
    draw = drafting.create(org, terms, actor=writer, now=opens - timedelta(days=3))
    publishing.publish(draw.id, actor=second, now=opens - timedelta(days=2))
    read = opens - timedelta(hours=1)
    drawing.say_public(draw.id, "3 D 0 8 6", "福彩官网 21:16，经审会王敏在场", actor=writer, now=read)
    drawing.confirm_public(draw.id, "3 D 0 8 6", actor=second, now=read)
    drawing.advance(draw.id, max(now, opens))
    _drawn_so_far(draw.id, org, opens, now)


def _drawn_so_far(draw_id: int, org: Org, opens: datetime, now: datetime) -> None:
    """Let some people draw on each day until yesterday; not those whose accounts are shown, who shall find their chances unused."""
    draw, shown = queries.existing(draw_id), {demo_account("member"), demo_account("member2")}
    known = facts.of(draw_id, draw.commit_hash, draw.public_value)
    people = [member_id for member_id, account_id in sorted(members_below(org.path)) if account_id not in shown]
    people = [member_id for member_id in people if known.takes_part(known.holder(member_id))][:PEOPLE]
    for ago in range((clock.local_day(now) - clock.local_day(opens)).days):
        for place, member_id in enumerate(people[ago % 3 :: 3]):
            moment = opens + timedelta(days=ago, hours=8, minutes=7 * place)
            entering.enter(draw_id, member_id, "quiz.demo", 1000 * (ago + 1) + place, day=clock.local_day(moment), now=moment)


def _kinds() -> list[CouponKind]:
    """Return up to three kinds of coupons of one fund that can pay for them, the dearest first."""
    wanted = select(CouponKind).where(CouponKind.state == "active").order_by(CouponKind.face_fen.desc(), CouponKind.id)
    rows = list(session().scalars(unscoped(wanted, why="demo")))
    for fund_id in dict.fromkeys(row.fund_id for row in rows):
        mine = [row for row in rows if row.fund_id == fund_id][:3]
        need = sum(row.face_fen * number for row, number in zip(mine, (20, 100, 200), strict=False))
        if mine and mine[0].fund.free_fen >= need and mine[0].fund.closed_at is None:
            return mine
    return []


def _draft(org: Org, now: datetime, writer: Actor) -> None:
    day = clock.local_day(now)
    opens = clock.first_moment(date(day.year + day.month // 12, day.month % 12 + 1, 1)) + timedelta(hours=8)
    terms = Terms(
        "送清凉幸运抽奖", Algorithm.BATCH.value, opens, opens + timedelta(days=20), "", None, (PrizeTerms("遮阳伞", 50, 4_500),),
        organiser=org.name, reserve=10,
    )  # fmt: skip
    drafting.create(org, terms, actor=writer, now=now)
