"""The flow that members use every day: answer, win, open the wallet; a clerk scans and redeems; a second scan is refused."""

from __future__ import annotations

import re

import pytest
from browser_pages import PHONE, begin, enrol, fits, in_large_print
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
CODE = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){3}\b")
RECEIPT = re.compile(r"HX-\d{8}-\d{5}")
FRESH_SECONDS, MINUTE_MILLISECONDS = 40, 75_000
OURS_READS = "delete globalThis.BarcodeDetector"
"""No browser's own reader: the one that comes with the till reads."""


def test_from_todays_questions_to_the_till(person, camera, arranged, shot):
    told = arranged("quiz")
    member = person("member", **PHONE)
    answer(member, told, shot)
    code = open_wallet(member, told["prize"], shot)
    coupon = member.url
    phone, show = camera
    till = person(**PHONE, browser=phone)
    till.add_init_script(OURS_READS)
    enrol(till)
    begin(till, 0)
    till.get_by_role("link", name="核销消费券").click()
    show(fresh_qr(member))
    receipt = redeem(till, told["prize"], shot)
    refused(till, receipt, lambda: scan(till))
    shot(till, "quiz-06-scanned-again")
    refused(till, receipt, lambda: typed(till, code))
    member.goto(coupon)
    expect(member.locator("figure.qr, .p-rewards-qr")).to_have_count(0)
    member.goto("/rewards/?tab=used")
    expect(member.locator("main")).to_contain_text(told["prize"])
    assert fits(member)
    shot(member, "quiz-07-used")
    seen_in_the_desk(person("cityadmin"), receipt, told["prize"], shot)


def answer(member, told, shot):
    """Today's questions, all right; the result is the same however often it is opened."""
    slug, won = told["slug"], member.get_by_role("heading", name=f"抽中：{told['prize']}")
    member.goto(f"/quiz/{slug}/")
    assert fits(member)
    shot(member, "quiz-01-round")
    in_large_print(member, shot, "quiz-01-round")
    member.get_by_role("link", name="去答今天的题").click()
    member.get_by_role("button", name="开始答题", exact=True).click()
    expect(member.get_by_role("button", name="交答案")).to_be_visible()
    in_large_print(member, shot, "quiz-02-answering")
    assert "因为写着对" not in member.content()
    for number in range(1, 4):
        member.get_by_label(f"第{number}题对的答案").check()
    assert fits(member)
    shot(member, "quiz-02-answering")
    member.get_by_role("button", name="交答案").click()
    expect(won).to_be_visible()
    assert fits(member)
    shot(member, "quiz-03-won")
    first = member.locator(".p-quiz-code").inner_text()
    member.goto(f"/quiz/{slug}/today")
    expect(won).to_be_visible()
    expect(member.locator(".p-quiz-code")).to_have_text(first)
    in_large_print(member, shot, "quiz-03-won")


def open_wallet(member, prize, shot):
    """The one coupon that was won, its QR code and its characters."""
    member.get_by_role("link", name="去看我的券").click()
    show = member.get_by_role("link", name=re.compile(f"出示二维码.*{prize}"))
    expect(show).to_have_count(1)
    assert fits(member)
    shot(member, "quiz-04-wallet")
    in_large_print(member, shot, "quiz-04-wallet")
    show.click()
    expect(member.locator(".qr__code")).to_have_text(CODE)
    assert fits(member)
    shot(member, "quiz-05-coupon")
    in_large_print(member, shot, "quiz-05-coupon")
    return CODE.search(member.locator(".qr__code").inner_text()).group()


def fresh_qr(member):
    """Return a picture of the QR on the member's phone, one that is good for a minute and a half at least: it changes by itself."""
    code = member.locator(".p-rewards-qr img")
    if int(member.locator("[data-live]").get_attribute("data-seconds")) < FRESH_SECONDS:
        expect(code).not_to_have_attribute("src", code.get_attribute("src"), timeout=MINUTE_MILLISECONDS)
    code.evaluate("image => image.decode()")
    return code.screenshot()


def scan(till):
    """Open the camera: what it sees is read and sent by itself, by the reader that comes with the page."""
    with till.expect_response("**/qr-reader.esm.*js"):
        till.get_by_role("button", name="打开摄像头扫码").click()


def typed(till, code):
    """Type the characters, as a scanner at the counter does."""
    till.fill("#code", code)
    till.press("#code", "Enter")


def redeem(till, prize, shot):
    """Scan, see which coupon it is, enter the bill; returns the receipt's number."""
    scan(till)
    expect(till.get_by_role("heading", name="可以核销")).to_be_visible()
    expect(till.locator("main")).to_contain_text(prize)
    assert fits(till)
    shot(till, "quiz-06-ready")
    till.fill("#bill", "88")
    till.press("#bill", "Enter")
    till.wait_for_url("**/receipts/**")
    expect(till.get_by_text("核销成功")).to_be_visible()
    shot(till, "quiz-06-redeemed")
    in_large_print(till, shot, "quiz-06-redeemed")
    return RECEIPT.search(till.url).group()


def refused(till, receipt, show):
    """The same coupon again: when, where, by whom and under which number it was used."""
    till.goto("/rewards/till/")
    show()
    said = till.get_by_role("alert")
    expect(said).to_contain_text("这张券已经用过")
    expect(said).to_contain_text(re.compile(rf"\d{{1,2}}:\d{{2}}.*在.+驿站（.+）核销，店员 .+，单号 {receipt}。"))
    assert fits(till)


def seen_in_the_desk(desk, receipt, prize, shot):
    """The union sees the same receipt, of the coupon that was won."""
    desk.goto(f"/desk/rewards/redemptions/?q={receipt}")
    expect(desk.locator("tr", has_text=receipt)).to_contain_text(prize)
    shot(desk, "quiz-08-desk")
