"""Puts into a demo site, before a browser comes, a quiz that is open all day and a draw that everybody wins. Prints the quiz's address.

Run in a process of its own, with the site's environment.
"""

from __future__ import annotations

from datetime import timedelta

import click
from sqlalchemy import select

from unionhall.app import create_app
from unionhall.base import clock, db
from unionhall.plugin import Actor, demo_account, org_by_slug, unscoped
from unionhall_quiz.bank import services as bank
from unionhall_quiz.bank.judging import Draft, Option
from unionhall_quiz.play import rounds
from unionhall_quiz.play.models import Calendar
from unionhall_quiz.play.rounds import Plan
from unionhall_rewards.coupons.models import CouponKind
from unionhall_rewards.draws import drafting, drawing, publishing
from unionhall_rewards.draws.drafting import PrizeTerms, Terms

HOUR = timedelta(hours=1)


def hand(login):
    return Actor(demo_account(login), login, login, system=True)


def draw(org, now):
    """An instant draw whose one prize is a coupon of the demo's, with certainty."""
    wanted = select(CouponKind).where(CouponKind.state == "active", CouponKind.everywhere, CouponKind.form == "cash_off")
    kind = db.session().scalars(unscoped(wanted.order_by(CouponKind.face_fen), why="test")).first()
    terms = Terms(
        "人人有券", "UHI1", now - HOUR, now + 48 * HOUR, "开始前一天福彩 3D 开奖号码", now - 2 * HOUR, (PrizeTerms(kind.name, 50, 0, 1_000_000, None, {kind.id: 1}),),
        fund_id=kind.fund_id, organiser=org.name, contact="0570-88001234", rules="当场到券包，7 天内用。",
    )  # fmt: skip
    made = drafting.create(org, terms, actor=hand("orgadmin"), now=now - 5 * HOUR)
    publishing.publish(made.id, actor=hand("cityadmin"), now=now - 4 * HOUR)
    read = now - HOUR - timedelta(minutes=30)
    drawing.say_public(made.id, "3 D 1 2 3", "福彩官网，经审会在场", actor=hand("orgadmin"), now=read)
    drawing.confirm_public(made.id, "3 D 1 2 3", actor=hand("cityadmin"), now=read)
    drawing.advance(made.id, now)
    return made.id


def quiz(org, draw_id, now):
    """Three questions whose right option says so, open from midnight to midnight."""
    topic = bank.keep_topic(None, org, name="浏览器里的题", name_en="", summary="", position=1, active=True, actor=hand("orgadmin"), now=now)
    for number in range(1, 4):
        options = (Option(f"第{number}题对的答案"), Option(f"第{number}题错的答案"), Option(f"第{number}题也是错的"))
        made = bank.add(org, Draft(topic.id, "single", f"第{number}道题选哪个？", options, (0,), "因为写着对。"), actor=hand("orgadmin"), now=now)
        bank.submit(made, actor=hand("orgadmin"), now=now)
        bank.approve(made, actor=hand("cityadmin"), now=now)
    today = clock.local_day(now)
    plan = Plan("全天答题", Calendar.DATED, today, {topic.id: 3}, until=today + timedelta(days=1), opens=0, closes=1440, draw_id=draw_id)
    found = rounds.create(org, plan, actor=hand("orgadmin"), now=now)
    rounds.start(found, actor=hand("orgadmin"), now=now)
    return found.slug


def arrange():
    app = create_app()
    with app.app_context(), db.unit_of_work():
        now, org = clock.now(), org_by_slug("qinghe")
        click.echo(quiz(org, draw(org, now), now))


if __name__ == "__main__":
    arrange()
