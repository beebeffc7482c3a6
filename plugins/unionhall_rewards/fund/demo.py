"""The demo's fund: six months of grants, asked by one and approved by another. All invented."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from unionhall.plugin import SYSTEM, Actor, clock, demo_account, hold_office_role, org_by_slug, session, unscoped
from unionhall_rewards import rights
from unionhall_rewards.fund import services
from unionhall_rewards.fund.models import Fund
from unionhall_rewards.fund.services import FundFields

NAME = "会员日消费券经费"
MONTHS, MONTHLY_FEN = 6, 8_000_000


def people() -> tuple[Actor, Actor]:
    """Return who asks and who approves, with the system's rights: what is told of them is past."""
    return tuple(Actor(demo_account(login), login, login, system=True) for login in ("cityadmin", "finance"))  # type: ignore[return-value]


def load(now: datetime) -> None:
    """Tell it once."""
    if session().scalar(unscoped(select(Fund.id).limit(1), why="demo")) is not None:
        return
    asks, approves = people()
    org = org_by_slug("qinghe")
    hold_office_role(demo_account("finance"), rights.FINANCE, org, actor=SYSTEM, now=now)
    fields = FundFields(NAME, "工会经费—职工服务", 95, MONTHLY_FEN, "会员日答题抽奖用，只在工人驿站抵扣。")
    fund = services.create(org, fields, actor=asks, now=now - timedelta(days=200))
    for back in range(MONTHS - 1, -1, -1):
        at = now - timedelta(days=30 * back + 1)
        month = f"{clock.local_day(at):%Y-%m}"
        budget = services.ask(fund, "grant", month, MONTHLY_FEN, f"青工发〔{month[:4]}〕{20 - back} 号", actor=asks, now=at)
        services.approve(budget, actor=approves, now=at + timedelta(hours=3))
