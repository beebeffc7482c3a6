"""Counting views in a real browser: once somebody has looked for a moment, once in a tab, and without a cookie."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture
def reader(person):
    """Return (a page whose clock stands still, what it told the site)."""
    page, told = person("editor"), []
    page.clock.install(time="2026-05-14T01:00:00Z")
    page.clock.pause_at("2026-05-14T02:00:00Z")
    page.on("request", lambda request: told.append(request) if request.url.endswith("/seen") else None)
    return page, told


def quiet(page):
    """Ask the site for something: whatever the page asked for before is known when the answer is here."""
    with page.expect_response("**/robots.txt"):
        page.evaluate("() => { fetch('/robots.txt') }")


def story(page):
    page.goto("/news/")
    return page.get_attribute(".story__title a", "href")


def test_a_page_counts_after_three_seconds_and_not_again_in_the_same_tab(reader):
    page, told = reader
    page.goto(story(page))
    page.clock.run_for(2900)
    quiet(page)
    assert told == []
    with page.expect_response("**/seen") as answer:
        page.clock.run_for(200)
    mark = page.get_attribute("[data-seen]", "data-seen")
    assert (answer.value.status, told[0].method, told[0].post_data) == (204, "POST", mark)
    assert mark.startswith("news.article:")
    assert "cookie" not in told[0].all_headers()
    for _ in range(2):
        page.reload()
        page.clock.run_for(10_000)
        page.evaluate("scrollTo(0, 500)")
    quiet(page)
    assert len(told) == 1


def test_who_scrolls_is_reading(reader):
    page, told = reader
    page.goto(story(page))
    with page.expect_response("**/seen"):
        page.mouse.wheel(0, 400)
    page.clock.run_for(10_000)
    page.mouse.wheel(0, 400)
    quiet(page)
    assert len(told) == 1


def test_a_page_that_nobody_sees_does_not_count(reader):
    page, told = reader
    page.add_init_script("Object.defineProperty(document, 'visibilityState', { get: () => window.shown ? 'visible' : 'hidden' })")
    page.goto(story(page))
    page.clock.run_for(10_000)
    quiet(page)
    assert told == []
    page.evaluate("window.shown = true; document.dispatchEvent(new Event('visibilitychange'))")
    with page.expect_response("**/seen"):
        page.clock.run_for(3100)


def test_lists_and_the_home_page_do_not_count(reader):
    page, told = reader
    for path in ("/", "/news/", "/orgs/"):
        page.goto(path)
        page.clock.run_for(10_000)
        page.mouse.wheel(0, 400)
        quiet(page)
    assert told == []
