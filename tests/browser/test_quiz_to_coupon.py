"""The flow that members use every day: answer, win, open the wallet; a clerk redeems; a second scan is refused; anybody recomputes a draw."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
PHONE = {"width": 390, "height": 844}
CODE = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){3}\b")
ARRANGING = Path(__file__).with_name("arranging.py")


@pytest.fixture
def slug(site, folder):
    clean = {name: value for name, value in os.environ.items() if not name.startswith("UNIONHALL_")}
    done = subprocess.run(
        [sys.executable, str(ARRANGING)], env=clean | {"UNIONHALL_INSTANCE": str(folder)}, capture_output=True, text=True, check=False
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout.strip().splitlines()[-1]


def fits(page):
    """Say whether nothing sticks out at the side."""
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_from_todays_questions_to_the_till(person, shot, slug):
    member = person("member", **PHONE)
    answer(member, slug, shot)
    code = open_wallet(member, shot)
    till = person(**PHONE)
    redeem(till, code, shot)
    again(till, code, shot)
    member.goto("/rewards/?state=used")
    assert fits(member)
    shot(member, "quiz-06-used")
    desk = person("cityadmin")
    desk.goto("/desk/rewards/reconciliation/")
    shot(desk, "quiz-07-reconciled")
    recompute(person(**PHONE), shot)


def answer(member, slug, shot):
    """Today's questions, all right; the result is the same however often it is opened."""
    member.goto(f"/quiz/{slug}/")
    assert fits(member)
    shot(member, "quiz-01-round")
    member.get_by_role("link", name="去答今天的题").click()
    member.get_by_role("button", name="开始答题", exact=True).click()
    member.get_by_role("button", name="交答案").wait_for()
    assert "因为写着对" not in member.content()
    for number in range(1, 4):
        member.get_by_label(f"第{number}题对的答案").check()
    assert fits(member)
    shot(member, "quiz-02-answering")
    member.get_by_role("button", name="交答案").click()
    member.get_by_role("heading", name="抽中").wait_for()
    assert fits(member)
    shot(member, "quiz-03-won")
    first = member.locator(".p-quiz-code").inner_text()
    member.goto(f"/quiz/{slug}/today")
    member.get_by_role("heading", name="抽中").wait_for()
    assert member.locator(".p-quiz-code").inner_text() == first


def open_wallet(member, shot):
    """The coupon that was won, its QR code and its characters."""
    member.get_by_role("link", name="去看我的券").click()
    member.get_by_role("link", name=re.compile("出示二维码")).first.wait_for()
    member.goto(member.get_by_role("link", name=re.compile("出示二维码")).last.get_attribute("href"))
    member.get_by_text(CODE).first.wait_for()
    assert fits(member)
    shot(member, "quiz-04-coupon")
    return CODE.search(member.inner_text("main")).group(0)


def redeem(till, code, shot):
    """A clerk types what the scanner would send, and the bill."""
    till.goto("/stations/till/enrol")
    till.fill("#code", "DEMO-TILL")
    till.get_by_role("button", name="登记这台设备").click()
    till.locator("input[name=clerk_id]").first.check()
    till.fill("#pin", "358021")
    till.locator("main button.btn--primary").click()
    till.get_by_role("link", name="核销消费券").click()
    till.fill("#code", code)
    till.press("#code", "Enter")
    till.get_by_role("heading", name="可以核销").wait_for()
    till.fill("#bill", "88")
    till.press("#bill", "Enter")
    till.get_by_text("核销成功").wait_for()
    shot(till, "quiz-05-redeemed")


def again(till, code, shot):
    """The second scan says when and where the first was."""
    till.get_by_role("link", name="扫下一张").click()
    till.fill("#code", code)
    till.press("#code", "Enter")
    till.get_by_text("这张券已经用过").first.wait_for()


def recompute(anybody, shot):
    """A draw that is over, computed again in the browser of somebody who is not logged in."""
    anybody.goto("/rewards/draws/")
    anybody.get_by_role("link", name="安全生产月知识竞答抽奖").first.click()
    anybody.get_by_role("link", name=re.compile("公平性证明")).first.click()
    anybody.get_by_role("button", name="在我的设备上重新计算").click()
    anybody.get_by_text("每一项都和公布的一致").wait_for()
    assert fits(anybody)
    shot(anybody, "quiz-08-proof")
