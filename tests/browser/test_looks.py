"""Every page at phone and desktop width: no sideways scrolling, no console error, and a picture to be looked at."""

from __future__ import annotations

import re

import pytest
from browser_pages import fits

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
PUBLIC = {
    "home": "/", "news": "/news/", "section": "/news/jiceng/", "orgs": "/orgs/", "org": "/orgs/qinghe/", "login": "/login",
    "login-code": "/login/code", "activate": "/activate", "consent": "/activate/consent", "missing": "/nowhere/",
}  # fmt: skip
DESK = {
    "editor": {"dashboard": "/desk/", "articles": "/desk/news/", "queue": "/desk/news/review/", "new": "/desk/news/new",
               "tally": "/desk/news/tally", "readership": "/desk/news/readership/", "media": "/desk/media/",
               "media-choose": "/desk/media/choose?pick-many=1", "media-folders": "/desk/media/folders/",
               "calendar": "/desk/news/calendar", "import": "/desk/news/import", "me": "/desk/accounts/me"},
    "admin": {"admin-dashboard": "/desk/", "accounts": "/desk/accounts/", "desk-orgs": "/desk/orgs/", "settings": "/desk/settings/",
              "plugins": "/desk/system/plugins/", "jobs": "/desk/system/jobs/", "sections": "/desk/news/sections/"},
    "auditor": {"audit": "/desk/system/audit/"},
}  # fmt: skip
MINE = {
    "my": "/my/", "my-memberships": "/my/memberships/", "my-profile": "/my/profile/", "my-account": "/my/account/", "my-privacy": "/my/privacy/",
    "my-looks": "/my/privacy/looks", "my-confirm": "/my/confirm",
}  # fmt: skip


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_public_pages(person, shot, width):
    page = person(width=width)
    wide = []
    for name, path in PUBLIC.items():
        page.goto(path)
        shot(page, f"{name}-{width}")
        if not fits(page):
            wide.append(name)
    page.goto("/news/")
    page.click(".story__title a")
    page.wait_for_url(re.compile(r"/news/.*\d"))
    shot(page, f"article-of-the-day-{width}")
    assert (wide, fits(page)) == ([], True)


@pytest.mark.parametrize("mode", ["elder", "dark"])
def test_modes(person, shot, mode):
    page = person(width=390)
    page.goto("/")
    page.context.add_cookies([{"name": "uh_mode" if mode == "elder" else "uh_theme", "value": mode, "url": page.url}])
    wide = []
    for name, path in PUBLIC.items():
        page.goto(path)
        shot(page, f"{name}-{mode}")
        if not fits(page):
            wide.append(name)
    assert wide == []


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("login", list(DESK))
def test_desk_pages(person, shot, login, width):
    page = person(login, width=width)
    wrong = []
    for name, path in DESK[login].items():
        answer = page.goto(path)
        shot(page, f"{name}-{width}")
        if answer.status != 200 or not fits(page):
            wrong.append((name, answer.status))
    assert wrong == []


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_ones_own_pages(person, shot, width):
    page = person("member", width=width)
    wrong = []
    for name, path in MINE.items():
        answer = page.goto(path)
        shot(page, f"{name}-{width}")
        if answer.status != 200 or not fits(page):
            wrong.append((name, answer.status))
    assert wrong == []
