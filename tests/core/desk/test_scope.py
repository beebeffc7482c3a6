"""The org that one works in: chosen in the top bar, never wider than the grants, and true after the tree changed."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import event, select

from unionhall.accounts import administration
from unionhall.accounts.models import AccountGrant
from unionhall.base import clock, db
from unionhall.hooks.types import SYSTEM, Role
from unionhall.orgs import services, switcher
from unionhall.orgs.models import Org, OrgKind


@pytest.fixture
def place(work, make):
    with work():
        city = make.org(name="青禾市总工会")
        ours, theirs = make.org(city, OrgKind.DISTRICT, name="东津区总工会"), make.org(city, OrgKind.DISTRICT, name="柳浦区总工会")
        street = make.org(ours, OrgKind.STREET, name="同心街道总工会")
        paths = {"city": city.path, "ours": ours.path, "theirs": theirs.path, "street": street.path, "root": make.root.path}
        people = {"chief": make.account(Role.CHIEF_EDITOR, city).id, "editor": make.account(Role.EDITOR, ours).id,
                  "admin": make.account(Role.ORG_ADMIN, city).id, "clerk": make.account(Role.EDITOR, street).id}  # fmt: skip
        return {"ids": {name: int(path.split("/")[-2]) for name, path in paths.items()}, "paths": paths, "people": people}


@pytest.fixture
def enter(app, login, place):
    def browser(who):
        client = app.test_client()
        login(client, place["people"][who])
        return client

    return browser


def bar(client, path="/desk/"):
    return client.get(path).text.partition("<main")[0]


def offered(client):
    return re.findall(r'name="path" value="([^"]+)"', bar(client))


def chosen(client):
    return re.findall(r'value="([^"]+)" aria-current="true"', bar(client))


def test_only_orgs_within_the_grants_are_offered(enter, place):
    paths = place["paths"]
    assert offered(enter("chief")) == [paths["city"], paths["ours"], paths["street"], paths["theirs"]]
    assert offered(enter("editor")) == [paths["ours"], paths["street"]]
    assert (offered(enter("clerk")), "同心街道总工会" in bar(enter("clerk"))) == ([], True)


def test_choosing_narrows_lists_and_comes_back_to_the_page(enter, post, place):
    client, paths = enter("admin"), place["paths"]
    assert chosen(client) == [paths["city"]]
    answer = post(client, "/desk/scope", path=paths["ours"], next="/desk/orgs/?closed=1")
    assert (answer.status_code, answer.location) == (303, "/desk/orgs/?closed=1")
    assert chosen(client) == [paths["ours"]]
    assert "柳浦区总工会" not in client.get("/desk/orgs/").text.partition("<main")[2]
    assert "你在“东津区总工会”范围内工作" in client.get("/desk/").text


@pytest.mark.parametrize("wanted", ["root", "theirs", "/", "", "/999999/", "//evil", "nowhere"])
def test_nobody_works_beyond_their_grants(enter, post, place, wanted):
    client = enter("editor")
    answer = post(client, "/desk/scope", path=place["paths"].get(wanted, wanted), next="//evil.example/")
    assert (answer.status_code, answer.location) == (303, "/desk/")
    page = client.get("/desk/").text
    assert ("你在那个组织没有权限。" in page, chosen(client)) == (True, [place["paths"]["ours"]])


@pytest.mark.both
def test_the_choice_follows_an_org_that_moves(enter, post, place, work, make):
    client = enter("admin")
    post(client, "/desk/scope", path=place["paths"]["street"])
    with work() as session:
        theirs, street = (session.get(Org, place["ids"][name]) for name in ("theirs", "street"))
        services.move_org(street, theirs, actor=SYSTEM, now=clock.now())
        path = street.path
    assert chosen(client) == [path]


def test_an_org_that_was_closed_is_no_choice_any_more(enter, post, place, work):
    client = enter("admin")
    post(client, "/desk/scope", path=place["paths"]["street"])
    with work() as session:
        services.close_org(session.get(Org, place["ids"]["street"]), actor=SYSTEM, now=clock.now())
    assert chosen(client) == [place["paths"]["city"]]
    assert place["paths"]["street"] not in offered(client)


def test_of_a_large_tree_only_the_neighbourhood_is_drawn(enter, post, place, monkeypatch):
    monkeypatch.setattr(switcher, "MANY", 2)
    client, paths = enter("admin"), place["paths"]
    assert offered(client) == [paths["city"], paths["ours"], paths["theirs"]]
    assert "到组织列表里找" in bar(client)
    post(client, "/desk/scope", path=paths["ours"])
    assert offered(client) == [paths["city"], paths["ours"], paths["street"]]
    assert "到组织列表里找" not in bar(enter("chief"))


def test_a_role_that_ended_takes_the_choice_along(enter, post, place, work):
    client = enter("editor")
    post(client, "/desk/scope", path=place["paths"]["street"])
    with work() as session:
        held = session.scalars(select(AccountGrant).where(AccountGrant.account_id == place["people"]["editor"])).one()
        administration.revoke(held, actor=SYSTEM, now=clock.now())
    assert client.get("/desk/").status_code == 403


@pytest.fixture
def counted(app):
    """Return `counted(action)`: how many statements the database was asked."""

    def count(action):
        seen = []

        def note(*arguments):
            seen.append(arguments[2])

        with app.app_context():
            engine = db.engine()
        event.listen(engine, "before_cursor_execute", note)
        try:
            action()
        finally:
            event.remove(engine, "before_cursor_execute", note)
        return len(seen)

    return count


def test_drawing_the_bar_costs_the_same_for_few_and_many(enter, place, work, make, counted):
    client = enter("admin")
    client.get("/desk/orgs/")
    few = counted(lambda: client.get("/desk/orgs/"))
    with work() as session:
        for _ in range(30):
            make.org(session.get(Org, place["ids"]["city"]), OrgKind.DISTRICT)
    client.get("/desk/orgs/")  # a new org drops what the process remembers
    assert counted(lambda: client.get("/desk/orgs/")) <= few
