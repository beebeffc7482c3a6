"""What several browser tests do and ask."""

from __future__ import annotations

from playwright.sync_api import expect

FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
PHONE = {"width": 390, "height": 844}
PIN = "358021"
DEMO_TILL = "DEMO-TILL"


def fits(page):
    """Say whether nothing sticks out at the side."""
    return page.evaluate(FITS)


def in_large_print(page, shot, name):
    """Show a page in elder mode, where it must fit, too; then as before."""
    page.context.add_cookies([{"name": "uh_mode", "value": "elder", "url": page.url}])
    page.reload()
    assert fits(page)
    shot(page, f"{name}-elder")
    page.context.clear_cookies(name="uh_mode")
    page.reload()


def enrol(till, code=DEMO_TILL):
    """Make a browser the till that a code is of."""
    till.goto("/stations/till/enrol")
    till.fill("#code", code)
    till.get_by_role("button", name="登记这台设备").click()
    expect(till.locator("#pin")).to_be_visible()


def begin(till, clerk):
    """Begin the turn of one of the store's clerks, by name or by their place in the list."""
    choice = till.locator("input[name=clerk_id]").nth(clerk) if isinstance(clerk, int) else till.get_by_label(clerk)
    choice.check()
    till.fill("#pin", PIN)
    till.locator("main button.btn--primary").click()
    expect(till.get_by_role("link", name="核销消费券")).to_be_visible()
