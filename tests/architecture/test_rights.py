"""Role × route, made from the route map: what each role gets, and that another org's things are not there.

A desk route whose permission is not in PERMISSIONS, a public route not in PUBLIC and a route parameter not in `things`
fail the build: every door is written down.
"""

from __future__ import annotations

import re

import pytest

from unionhall.base import clock
from unionhall.hooks.types import Role
from unionhall.media import folders
from unionhall.news.models import State
from unionhall.news.transfers.services import ask_export
from unionhall.orgs.models import OrgKind

C, E, CE, OA, AU, SA = Role.CORRESPONDENT, Role.EDITOR, Role.CHIEF_EDITOR, Role.ORG_ADMIN, Role.AUDITOR, Role.SYSTEM_ADMIN
NEWSROOM = {E, CE}
PERMISSIONS = {
    "desk.enter": set(Role),
    "news.write": {C, *NEWSROOM},
    "news.read": {*NEWSROOM, OA, AU},
    "news.edit": NEWSROOM,
    "news.review": NEWSROOM,
    "news.sign_off": {CE},
    "news.publish": NEWSROOM,
    "news.import": NEWSROOM,
    "news.transfer": {CE},
    "news.sections": {CE, SA},
    "media.use": {C, *NEWSROOM},
    "media.manage": NEWSROOM,
    "orgs.read": {OA, SA, AU},
    "orgs.manage": {OA, SA},
    "accounts.read": {OA, SA, AU},
    "accounts.manage": {OA, SA},
    "settings.read": {SA, AU},
    "settings.manage": {SA},
    "system.plugins": {SA, AU},
    "system.jobs": {SA},
    "system.audit": {AU},
}
PUBLIC = {
    "site.home", "site.preferences", "site.feed", "site.sitemap", "site.sitemap_part", "site.robots", "site.corner", "site.search", "site.suggest", "site.favicon",
    "accounts.login", "accounts.second", "accounts.after_login", "accounts.logout", "accounts.forgot", "accounts.reset",
    "media.show", "media.download", "news.latest", "news.section", "news.section_feed", "news.article", "news.qr", "news.by_name", "news.with_tag",
    "news.preview", "news.preview_page", "orgs.tree", "orgs.org", "orgs.search", "system.healthz", "system.readyz",
}  # fmt: skip
ANYBODYS_OWN = {"desk.enter"}
OBJECTS = {"article_id", "account_id", "org_id", "asset_id", "folder_id", "transfer_id"}


def desk_routes(app):
    return sorted(
        ((rule, method) for rule in app.url_map.iter_rules() if rule.rule.startswith("/desk/") for method in rule.methods & {"GET", "POST"}),
        key=lambda pair: (pair[0].rule, pair[1]),
    )


def permission_of(app, rule):
    return app.view_functions[rule.endpoint].unionhall_permission


def address(rule, things):
    def fill(match):
        name = match.group(1)
        assert name in things, f"{rule.rule}: say in `things` what {name} is"
        return str(things[name])

    return re.sub(r"<(?:[^:<>]+:)?(\w+)>", fill, rule.rule)


def token(client):
    return re.search(r'name="csrf_token" value="([^"]+)"', client.get("/forgot").text).group(1)


def ask(client, method, path):
    if method == "GET":
        return client.get(path)
    return client.post(path, data={"csrf_token": token(client), "path": "/nowhere/", "ids": "999999"})


def turned_away(answer):
    return answer.status_code in {401, 403} or (answer.status_code == 302 and "/login" in answer.location)


@pytest.fixture
def houses(work, make):
    """Two districts of one city, with everything that a desk route can be about in the first."""
    with work():
        city = make.org()
        ours, theirs = make.org(city, OrgKind.DISTRICT), make.org(city, OrgKind.DISTRICT)
        article = make.article(ours, author=make.account(Role.EDITOR, ours), state=State.SUBMITTED)
        account = make.account(Role.EDITOR, ours)
        chief = make.actor(Role.CHIEF_EDITOR, ours)
        transfer = ask_export(ours, "jsonl", purpose="存档", options={}, actor=chief, now=clock.now())
        things = {
            "article_id": article.id, "account_id": account.id, "grant_id": account.grants[0].id, "org_id": ours.id,
            "number": 1, "a": 1, "b": 1, "old": 1, "new": 1, "before": 1, "after": 1, "older": 1, "newer": 1, "span": "1..1",
            "session_id": 1, "section_id": article.section_id, "flag_id": 1, "asset_id": make.picture(ours).id, "message_id": 1,
            "folder_id": folders.named(ours.id, "竞赛", now=clock.now()).id,
            "transfer_id": transfer.id,
        }  # fmt: skip
        people = {role: {"here": make.account(role, ours).id, "there": make.account(role, theirs).id} for role in Role}
        people |= {"root": {role: make.account(role, make.root).id for role in Role}}
    return things, people


def test_every_public_route_is_written_down(app):
    found = {rule.endpoint for rule in app.url_map.iter_rules() if not rule.rule.startswith("/desk/")}
    assert found - PUBLIC == set()


def test_every_permission_is_written_down(app):
    rights = app.extensions["unionhall.rights"]
    assert {name: set(item.roles) for name, item in rights.permissions.items()} == PERMISSIONS


def test_every_desk_route_declares_a_permission(app):
    assert {permission_of(app, rule) for rule, _method in desk_routes(app)} <= set(PERMISSIONS)


@pytest.mark.parametrize("role", list(Role))
def test_a_role_opens_its_own_doors_and_no_others(app, login, houses, role):
    things, people = houses
    wrong = []
    for rule, method in desk_routes(app):
        client = app.test_client()
        login(client, people["root"][role])
        permission = permission_of(app, rule)
        answer = ask(client, method, address(rule, things | dict.fromkeys(OBJECTS, 999999)))
        expected = role in PERMISSIONS[permission]
        if turned_away(answer) is expected and not (expected and answer.status_code == 403 and method == "POST"):
            wrong.append((rule.rule, method, permission, answer.status_code))
        if answer.status_code >= 500:
            wrong.append((rule.rule, method, answer.status_code))
    assert wrong == []


def test_strangers_are_sent_to_log_in(app, houses):
    things, _people = houses
    wrong = [
        (rule.rule, method, answer.status_code)
        for rule, method in desk_routes(app)
        if not turned_away(answer := ask(app.test_client(), method, address(rule, things)))
    ]
    assert wrong == []


@pytest.mark.parametrize("role", list(Role))
def test_another_orgs_things_are_not_there(app, login, houses, role):
    """A neighbour with the same role gets the answer for "does not exist", on every route about one thing."""
    things, people = houses
    wrong = []
    for rule, method in desk_routes(app):
        if not (OBJECTS & rule.arguments) or role not in PERMISSIONS[permission_of(app, rule)]:
            continue
        client = app.test_client()
        login(client, people[role]["there"])
        answer = ask(client, method, address(rule, things))
        if answer.status_code != 404:
            wrong.append((rule.rule, method, answer.status_code))
    assert wrong == []


@pytest.mark.parametrize("role", [Role.CHIEF_EDITOR, Role.SYSTEM_ADMIN])
def test_no_form_is_taken_without_its_token(app, login, houses, role):
    """400; the editor's own page keeps what was typed and says so, for those who may write."""
    things, people = houses
    client = app.test_client()
    login(client, people["root"][role])
    refused = {400, 403, 404} if role is Role.SYSTEM_ADMIN else {400}
    wrong = [
        (rule.rule, answer.status_code)
        for rule, method in desk_routes(app)
        if method == "POST" and (answer := client.post(address(rule, things))).status_code not in refused
    ]
    assert wrong == []
