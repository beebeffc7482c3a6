"""Puts into a demo site, before a browser comes, what a journey needs and the demo has not; prints as JSON what the test must know.

Run in a process of its own, with the site's environment: `arranging.py quiz`, `instant` or `month`.
"""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import datetime, timedelta

import click
from sqlalchemy import select

from unionhall.accounts import administration, passwords
from unionhall.accounts.demo import PREFIX
from unionhall.app import create_app
from unionhall.base import clock, db
from unionhall.plugin import (
    SYSTEM,
    Actor,
    RuleBroken,
    demo_account,
    find_members,
    members_below,
    org_by_slug,
    sign,
    unscoped,
)
from unionhall_quiz.bank import services as bank
from unionhall_quiz.bank.judging import Draft, Option
from unionhall_quiz.play import rounds
from unionhall_quiz.play.models import Calendar
from unionhall_quiz.play.rounds import Plan
from unionhall_rewards.coupons import expiring, gifts, kinds
from unionhall_rewards.coupons.kinds import Rules
from unionhall_rewards.coupons.models import Coupon
from unionhall_rewards.draws import drafting, drawing, entering, publishing
from unionhall_rewards.draws.drafting import PrizeTerms, Terms
from unionhall_rewards.fund import services as funds
from unionhall_rewards.fund.models import Fund
from unionhall_rewards.fund.services import FundFields
from unionhall_rewards.redeeming import looking, services
from unionhall_rewards.rights import FINANCE
from unionhall_stations.api import TillTurn, clerks_of_store
from unionhall_stations.models import Till
from unionhall_stations.tills import enrolling, numbers

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PRIZE = "全天答题奖券"


def hand(login):
    return Actor(demo_account(login), login, login, system=True)


def instant_draw(org, title, prizes, opens, closes, *, fund_id=None):
    """An instant draw that is ready to be opened: published, the public value read."""
    terms = Terms(
        title, "UHI1", opens, closes, "开始前一天福彩 3D 开奖号码", opens - HOUR, prizes, fund_id=fund_id, organiser=org.name,
        contact="0570-88001234", rules="当场知道结果，7 天内用。",
    )  # fmt: skip
    made = drafting.create(org, terms, actor=hand("orgadmin"), now=opens - 4 * HOUR)
    publishing.publish(made.id, actor=hand("cityadmin"), now=opens - 3 * HOUR)
    read = opens - HOUR / 2
    drawing.say_public(made.id, "3 D 1 2 3", "福彩官网，经审会在场", actor=hand("orgadmin"), now=read)
    drawing.confirm_public(made.id, "3 D 1 2 3", actor=hand("cityadmin"), now=read)
    return made.id


def draw_everybody_wins(org, now):
    """Return the id of an instant draw whose one prize is a coupon of a kind that nothing else gives, with certainty."""
    wanted = select(Fund).where(Fund.org_id == org.id, Fund.closed_at.is_(None)).order_by(Fund.free_fen.desc())
    fund = db.session().scalars(unscoped(wanted, why="test")).first()
    kind = kinds.add(Rules(fund.id, PRIZE, "cash_off", 600, min_spend_fen=1000, valid_days=7), actor=SYSTEM, now=now - 6 * HOUR)
    kinds.put_to_use(kind.id, actor=SYSTEM, now=now - 6 * HOUR)
    prizes = (PrizeTerms(kind.name, 50, 0, 1_000_000, None, {kind.id: 1}),)
    made = instant_draw(org, "人人有券", prizes, now - HOUR, now + 48 * HOUR, fund_id=fund.id)
    drawing.advance(made, now)
    return made


def instant(now, org):
    """An instant draw that forty entered, some won and that is over: its key is public."""
    title, opens, closes = "端午当场抽", now - 30 * HOUR, now - HOUR
    made = instant_draw(org, title, (PrizeTerms("粽子礼盒", 3, 6_000, 100_000), PrizeTerms("咸鸭蛋", 30, 1_500, 400_000)), opens, closes)
    drawing.advance(made, opens)
    for number, (member_id, _account) in enumerate(sorted(members_below(org.path), key=lambda row: row[0])[:40]):
        moment = opens + number * HOUR / 4
        with suppress(RuleBroken):  # who arranges draws takes no part
            entering.enter(made, member_id, "test", number + 1, day=clock.local_day(moment), now=moment)
    drawing.advance(made, now)
    return {"title": title}


def quiz(now, org):
    """Three questions whose right option says so, open from midnight to midnight."""
    topic = bank.keep_topic(None, org, name="浏览器里的题", name_en="", summary="", position=1, active=True, actor=hand("orgadmin"), now=now)
    for number in range(1, 4):
        options = (Option(f"第{number}题对的答案"), Option(f"第{number}题错的答案"), Option(f"第{number}题也是错的"))
        made = bank.add(org, Draft(topic.id, "single", f"第{number}道题选哪个？", options, (0,), "因为写着对。"), actor=hand("orgadmin"), now=now)
        bank.submit(made, actor=hand("orgadmin"), now=now)
        bank.approve(made, actor=hand("cityadmin"), now=now)
    today = clock.local_day(now)
    plan = Plan("全天答题", Calendar.DATED, today, {topic.id: 3}, until=today + DAY, opens=0, closes=1440, draw_id=draw_everybody_wins(org, now))
    found = rounds.create(org, plan, actor=hand("orgadmin"), now=now)
    rounds.start(found, actor=hand("orgadmin"), now=now)
    return {"slug": found.slug, "prize": PRIZE}


def month(now, org):
    """Last month of a fund of its own, not cut yet: eight coupons of 10 yuan were given, four used at one store and one at another, one of
    the four taken back, and what was not used ran out. Two finance officers, and a code for the second store's till.
    """
    this = clock.first_moment(clock.local_day(now).replace(day=1))
    last = clock.first_moment(clock.local_day(this - DAY).replace(day=1))
    before = clock.first_moment(clock.local_day(last - DAY).replace(day=1))
    for login, name in (("payer", "宋清账"), ("payer2", "何复核")):
        account = administration.create_account(org, login=login, name=name, actor=SYSTEM, now=before)
        account.password_hash, account.password_at = passwords.hash_password(PREFIX + login), before
        administration.grant(account, FINANCE, org, actor=SYSTEM, now=before)
    fund = funds.create(org, FundFields("月末对账经费"), actor=hand("orgadmin"), now=before)
    for moment, fen in ((before, 50_000), (last, 30_000)):
        asked = funds.ask(fund, "grant", f"{clock.local_day(moment):%Y-%m}", fen, f"青工发〔测〕{fen} 号", actor=hand("orgadmin"), now=moment + HOUR)
        funds.approve(asked, actor=hand("cityadmin"), now=moment + 2 * HOUR)
    kind = kinds.add(Rules(fund.id, "月末十元券", "cash_off", 1000, valid_days=20), actor=SYSTEM, now=last)
    kinds.put_to_use(kind.id, actor=SYSTEM, now=last)
    coupons = given(kind, org, last + 9 * HOUR)
    one, other = tills()
    noon = last + 5 * DAY + 12 * HOUR
    for number in range(4):
        done = redeem(next(coupons), 3000, turn(one, 0), noon + number * DAY)
    services.reverse(done.receipt, "扫错了", "month-reversal", turn=turn(one, 1), now=noon + 3 * DAY + HOUR)
    redeem(next(coupons), 650, turn(other, 0), noon)
    expiring.expire(last + 25 * DAY)
    return {
        "fund": fund.name, "fund_id": fund.id, "month": f"{clock.local_day(last):%Y-%m}", "stores": [one.store.name, other.store.name],
        "managers": [next(clerk.name for clerk in clerks_of_store(till.store_id) if clerk.manager) for till in (one, other)],
        "code": enrolling.renew_code(other.store, other, actor=SYSTEM, now=now),
    }  # fmt: skip


def given(kind, org, now):
    people = [row.id for row in find_members(org.path, ids=range(1, 90), limit=8)]
    gift = gifts.ask(kind, people, 1, "夜班慰问", actor=hand("orgadmin"), now=now)
    for login in ("cityadmin", "admin"):
        gifts.approve(gift.id, actor=hand(login), now=now)
    made = db.session().scalars(select(Coupon).where(Coupon.gift_id == gift.id).order_by(Coupon.id)).unique().all()
    assert len(made) == 8, len(made)
    return iter(made)


def tills():
    """Return the till that the demo's known code enrols, and one of another store with clerks."""
    rows = db.session().scalars(unscoped(select(Till).order_by(Till.id), why="test")).unique().all()
    one = next(row for row in rows if row.code_hash == numbers.code_hash(numbers.DEMO_CODE))
    return one, next(row for row in rows if row.store_id != one.store_id and clerks_of_store(row.store_id))


def turn(till, place):
    """Return a turn that is not kept, of the clerk in a place of the store's list."""
    clerk, store = clerks_of_store(till.store_id)[place], till.store
    return TillTurn(
        0, till.id, till.label, till.station_id, till.station.name, store.id, store.name, store.org_id, store.org.path, clerk.id, clerk.name,
        clerk.manager,
    )  # fmt: skip


def redeem(coupon, bill, at_turn, now: datetime):
    ticket = sign(looking.PURPOSE, [coupon.id, at_turn.turn_id])
    return services.redeem(ticket, bill, f"month-{coupon.id}", turn=at_turn, now=now)


@click.command()
@click.argument("what", type=click.Choice(["quiz", "instant", "month"]))
def arrange(what):
    app = create_app()
    with app.app_context(), db.unit_of_work():
        click.echo(json.dumps({"quiz": quiz, "instant": instant, "month": month}[what](clock.now(), org_by_slug("qinghe")), ensure_ascii=False))


if __name__ == "__main__":
    arrange()
