"""A terminal in a real browser: it asks, it waits for an answer, and then nothing of anybody is left."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Error, expect

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
CODE = re.compile(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}")


@pytest.fixture
def terminal(person):
    """Return a page of a browser that was set up as a terminal; its clock stands still."""
    desk = person("admin")
    desk.goto("/desk/terminals/")
    desk.fill("#name", "1 号终端")
    desk.fill("#place", "同心路驿站")
    desk.click("main .btn--primary")
    expect(desk.locator("main")).to_contain_text(CODE)
    code = CODE.search(desk.text_content("main")).group()
    page = person(width=1080, height=1920)
    page.clock.install()
    page.goto("/terminal/enrol")
    page.fill("#code", code)
    page.click("main .btn--primary")
    page.wait_for_url("**/")
    page.clock.pause_at(page.evaluate("Date.now() + 60_000") / 1000)
    return page


def test_a_terminal_asks_then_logs_out_and_forgets(terminal, shot):
    page = terminal
    page.get_by_text("同心路驿站 · 1 号终端").wait_for()
    page.goto("/login")
    page.fill("#login", "member")
    page.fill("#password", "demo-member")
    page.click("main button.btn--primary")
    page.wait_for_url("**/my/")
    page.goto("/search")
    page.fill("#q", "我的心事")
    asks = page.locator(".kiosk-ask")
    page.clock.run_for(59_000)
    expect(asks).to_be_hidden()
    page.clock.run_for(2_000)
    expect(asks).to_be_visible()
    shot(page, "terminal-asks")
    asks.locator("button").click()
    expect(asks).to_be_hidden()
    expect(page.locator("#q")).to_have_value("我的心事")
    page.clock.run_for(61_000)
    page.clock.run_for(10_000)
    expect(page.locator("[data-left]")).to_have_text("4")
    with page.expect_response("**/terminal/reset"):
        page.clock.run_for(5_000)
    page.wait_for_url(lambda url: url.endswith("/") and "/my/" not in url)
    assert {cookie["name"] for cookie in page.context.cookies()} & {"uh_login", "uh_in", "uh"} == set()
    assert "uh_terminal" in {cookie["name"] for cookie in page.context.cookies()}
    page.go_back()
    expect(page.locator("main")).to_be_visible()
    expect(page.locator("body")).not_to_contain_text("我的心事")
    fields = page.locator("input:not([type=hidden])")
    assert "我的心事" not in [field.input_value() for field in fields.all()] + [page.content()]
    page.goto("/my/")
    expect(page).to_have_url(re.compile("/login"))


def home(page):
    """Open the start page; left alone for a minute, a terminal goes there by itself, and may just be doing so."""
    try:
        page.goto("/")
    except Error:
        page.wait_for_load_state()


@pytest.mark.parametrize(("width", "height"), [(1080, 1920), (1280, 800), (390, 844)])
def test_everything_on_a_terminal_is_large_enough_to_touch(terminal, shot, width, height):
    terminal.set_viewport_size({"width": width, "height": height})
    home(terminal)
    expect(terminal.locator("main")).to_be_visible()
    small = terminal.eval_on_selector_all(
        "a:not(.skip), button", "all => all.filter((e) => e.offsetParent && e.getBoundingClientRect().height < 88).map((e) => e.outerHTML)"
    )
    assert small == []
    assert terminal.evaluate("document.documentElement.scrollWidth") <= width
    shot(terminal, f"terminal-{width}")
