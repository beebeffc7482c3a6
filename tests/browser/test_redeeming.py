"""A coupon from the member's phone to the till and back: typed by a clerk on a phone, taken back by another, seen in the desk."""

from __future__ import annotations

import re

import pytest
from browser_pages import PHONE, begin, enrol, fits
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
CODE = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){3}\b")


def test_a_coupon_at_the_till(person, shot):
    code = code_of(person("member", **PHONE))
    till = person(**PHONE)
    enrol(till)
    begin(till, 0)
    till.get_by_role("link", name="核销消费券").click()
    wrong(till, code, shot)
    receipt = redeem(till, code, shot)
    used(till, code, shot)
    mate(till)
    undo(till, receipt, shot)
    desk = person("cityadmin")
    desk.goto("/desk/rewards/redemptions/")
    expect(desk.get_by_text(receipt).first).to_be_visible()
    shot(desk, "redeeming-08-desk")


def code_of(member):
    """Return the code of a coupon of the demo's member that is good everywhere, as their phone shows it."""
    member.goto("/rewards/")
    member.get_by_role("link", name=re.compile("出示二维码.*驿站通用消费券")).first.click()
    expect(member.get_by_text(CODE).first).to_be_visible()
    return CODE.search(member.inner_text("main")).group(0)


def wrong(till, code, shot):
    """A mistyped code is found."""
    till.fill("#code", code[:-1] + ("0" if code[-1] != "0" else "1"))
    till.press("#code", "Enter")
    expect(till.get_by_text("没有这张券").first).to_be_visible()
    expect(till.locator("#code")).to_be_focused()
    assert fits(till)
    shot(till, "redeeming-01-wrong")


def redeem(till, code, shot):
    """Type the code as people do, the bill, and read the receipt; a scanner's Enter is enough for both steps."""
    till.fill("#code", code.lower().replace("-", " "))
    till.press("#code", "Enter")
    expect(till.get_by_role("heading", name="可以核销")).to_be_visible()
    assert fits(till)
    shot(till, "redeeming-02-ready")
    till.fill("#bill", "3")
    till.press("#bill", "Enter")
    expect(till.get_by_text("还差 ¥7.00").first).to_be_visible()
    till.fill("#bill", "１６．５")
    expect(till.get_by_role("button", name="实收 ¥6.50")).to_be_visible()
    shot(till, "redeeming-03-bill")
    till.press("#bill", "Enter")
    till.wait_for_url("**/receipts/**")
    expect(till.get_by_text("核销成功")).to_be_visible()
    assert fits(till)
    shot(till, "redeeming-04-receipt")
    return re.search(r"HX-\d{8}-\d{5}", till.url).group(0)


def used(till, code, shot):
    """The same coupon again says when and where."""
    till.get_by_role("link", name="扫下一张").click()
    till.fill("#code", code)
    till.press("#code", "Enter")
    expect(till.get_by_text("这张券已经用过").first).to_be_visible()
    assert fits(till)
    shot(till, "redeeming-05-used")


def mate(till):
    """Hand over to the next clerk."""
    till.goto("/stations/till")
    till.get_by_role("button", name="交班").click()
    expect(till.locator("#pin")).to_be_visible()
    begin(till, 1)


def undo(till, receipt, shot):
    """Another clerk takes it back."""
    till.goto(f"/rewards/till/today?q={receipt[-5:]}")
    expect(till.get_by_text(receipt).first).to_be_visible()
    shot(till, "redeeming-06-found")
    till.goto(f"/rewards/till/receipts/{receipt}")
    till.get_by_text("办错了").click()
    till.fill("#reason", "按错了一位")
    till.get_by_role("button", name="撤销这笔核销").click()
    expect(till.get_by_text("撤销好了")).to_be_visible()
    assert fits(till)
    shot(till, "redeeming-07-undone")
