"""A city with a chapter and the people of these tests: who decides at the union above, who leads, who wants to join."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from unionhall.accounts.administration import grant
from unionhall.base import clock, db
from unionhall.hooks.types import SYSTEM, Role
from unionhall.orgs.models import Org, OrgKind
from unionhall.platform.access import unscoped
from unionhall_chapters.models import Chapter


@dataclass
class Town:
    """Ids of orgs, accounts and members, and a browser for each login."""

    app: object
    chapter: int
    slug: str
    org: int
    city: int
    accounts: dict[str, int]
    members: dict[str, int]
    login: object
    browsers: dict[str, FlaskClient] = field(default_factory=dict)

    def browser(self, who: str) -> FlaskClient:
        """Return somebody's browser."""
        if who not in self.browsers:
            self.browsers[who] = self.app.test_client()
            if who:
                self.login(self.browsers[who], self.accounts[who])
        return self.browsers[who]

    def post(self, who: str, address: str, **values):
        """Send a form as its page gives it: with the token, from the page."""
        browser = self.browser(who)
        page = browser.get("/chapters/x/organise" if not who else "/my/")
        found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
        if found is None:
            found = re.search(r'name="csrf_token" value="([^"]+)"', browser.get(f"/chapters/{self.slug}/organise").text)
        files = values.pop("data", {})
        return browser.post(address, data={"csrf_token": found.group(1), **values, **files})


@pytest.fixture
def town(app, work, make, login, chapter):
    with work():
        city = make.org(kind=OrgKind.CITY, name="青石市总工会")
        factory = make.org(city, OrgKind.ENTERPRISE, "青石纺织厂工会")
        found = chapter(city, name="青石太极协会工会", slug="taiji", summary="一起慢下来。", motto="慢一点。")
        accounts = {
            "admin": make.account(Role.ORG_ADMIN, city, name="市管理员"), "second": make.account(Role.ORG_ADMIN, city, name="另一位管理员"),
            "stranger": make.account(Role.CORRESPONDENT, factory), "other": make.account(Role.ORG_ADMIN, make.org(name="别的市总工会")),
        }
        members = {}
        for name in ("lead", "ann", "ben", "cat"):
            accounts[name] = make.account(org=factory, name=f"会员{name}")
            also = (db.session().get(Org, found.org_id),) if name == "lead" else ()
            members[name] = make.member(factory, name=f"会员{name}", account=accounts[name], also=also).id
        grant(accounts["lead"], "chapters.officer", db.session().get(Org, found.org_id), actor=SYSTEM, now=clock.now())
        ids = {name: account.id for name, account in accounts.items()}
        return Town(app, found.id, found.slug, found.org_id, city.id, ids, members, login)


def chapter_of(chapter_id: int) -> Chapter:
    """Return a chapter as it is now."""
    wanted = select(Chapter).where(Chapter.id == chapter_id).execution_options(populate_existing=True)
    return db.session().scalars(unscoped(wanted, why="test")).one()
