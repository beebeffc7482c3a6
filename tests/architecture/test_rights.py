"""Role × route, made from the route map: what each role gets, and that another org's things are not there.

A desk route whose permission is not in PERMISSIONS, a public route not in PUBLIC and a route parameter not in `things`
fail the build: every door is written down (rights_map.py; the things are made in rights_things.py).
"""

from __future__ import annotations

import re

import pytest
import rights_asking as asking
from rights_asking import ask, browser, permission_of, routes, turned_away
from rights_map import (
    ABOVE,
    ADDED,
    CHAPTERS,
    LATE,
    LOOKED_FIRST,
    MINE,
    OBJECTS,
    OWN,
    PARTS,
    PERMISSIONS,
    PUBLIC,
    ROLES,
    WORDS,
)

from unionhall.hooks.types import Role


@pytest.fixture(scope="session")
def enabled_plugins():
    return ("chapters",)


def desk_routes(app):
    return asking.desk_routes(app, lambda owner: owner not in asking.REWARDS)


def address(rule, things):
    return asking.address(rule, things, WORDS)


def test_every_public_route_is_written_down(app):
    rules = [rule for rule in app.url_map.iter_rules() if asking.of(rule) not in asking.REWARDS]
    found = {rule.endpoint for rule in rules if not rule.rule.startswith(("/desk/", "/api/v1/")) or rule.endpoint in PUBLIC}
    assert found == PUBLIC | MINE


def test_every_permission_is_written_down(app):
    rights = app.extensions["unionhall.rights"]
    with app.app_context():
        assert {role for role in rights.added() if role.partition(".")[0] not in asking.REWARDS} == set(ADDED)
        known = [name for name in rights.permissions if name.partition(".")[0] not in asking.REWARDS]
        assert {name: {role for role in ROLES if name in rights.of_role(role)} for name in known} == PERMISSIONS


def test_every_desk_route_declares_a_permission(app):
    assert {permission_of(app, rule) for rule, _method in desk_routes(app)} <= set(PERMISSIONS)


@pytest.mark.parametrize("role", ROLES)
def test_a_role_opens_its_own_doors_and_no_others(app, login, houses, role):
    wrong, client = [], None
    for rule, method in desk_routes(app):
        permission = permission_of(app, rule)
        client = client or browser(app, login, houses.people[role]["root"])
        answer = ask(client, method, address(rule, houses.things | dict.fromkeys(OBJECTS, 999999)))
        if answer.status_code == 401:
            wrong.append((rule.rule, method, "is not logged in any more"))
        if method == "POST" and answer.status_code < 400:
            client = None  # a new one: some forms end all other sessions
        expected = role in PERMISSIONS[permission]
        if turned_away(answer) is expected and not (expected and answer.status_code == 403 and method == "POST"):
            wrong.append((rule.rule, method, permission, answer.status_code))
        if answer.status_code >= 500:
            wrong.append((rule.rule, method, answer.status_code))
    assert wrong == []


def test_strangers_are_sent_to_log_in(app, login, houses):
    stranger = browser(app, login)
    wrong = [
        (rule.rule, method, answer.status_code)
        for rule, method in [*desk_routes(app), *routes(app, MINE)]
        if not turned_away(answer := ask(stranger, method, address(rule, houses.things)))
    ]
    assert wrong == []


@pytest.mark.parametrize("role", ROLES)
def test_another_orgs_things_are_not_there(app, login, houses, role):
    """A neighbour with the same role gets the answer for "does not exist", on every route about one thing."""
    client, wrong = browser(app, login, houses.people[role]["there"]), []
    for rule, method in desk_routes(app):
        if OBJECTS & rule.arguments and role in PERMISSIONS[permission_of(app, rule)]:
            answer = ask(client, method, address(rule, houses.things))
            if answer.status_code != 404:
                wrong.append((rule.rule, method, answer.status_code))
    assert wrong == []


@pytest.mark.parametrize("role", [Role.ORG_ADMIN, *ADDED])
def test_ones_own_things_are_there(app, login, houses, role):
    """The other half of the test above: whoever holds the right here sees that what a neighbour does not find exists."""
    client, wrong = browser(app, login, houses.people[role]["here"]), []
    above = ABOVE if role in ADDED else set()
    for rule, method in desk_routes(app):
        if CHAPTERS & rule.arguments and method == "GET" and role in PERMISSIONS[permission_of(app, rule)]:
            answer, expected = ask(client, method, address(rule, houses.things)), 404 if above & rule.arguments else 200
            if answer.status_code != LOOKED_FIRST.get(rule.endpoint, expected):
                wrong.append((rule.rule, method, answer.status_code))
    assert wrong == []


@pytest.mark.parametrize("role", [Role.ORG_ADMIN, *ADDED])
def test_anothers_parts_are_not_reached_by_way_of_ones_own(app, login, houses, role):
    """A part is looked for in the chapter, claim or notice of the address: with one's own in front, a neighbour's part is not there."""
    client, wrong = browser(app, login, houses.people[role]["there"]), []
    mixed = houses.things | {name: houses.neighbours[name] for name in OBJECTS if name in houses.neighbours}
    for rule, method in desk_routes(app):
        if PARTS & rule.arguments and role in PERMISSIONS[permission_of(app, rule)]:
            answer = ask(client, method, address(rule, mixed))
            if answer.status_code != LOOKED_FIRST.get(rule.endpoint, 404):
                wrong.append((rule.rule, method, answer.status_code))
    assert wrong == []


def test_a_look_at_ones_own_claim_opens_no_paper_of_anothers(app, login, houses):
    """The route that the two tests above cannot ask as it is meant: who checks opens the claim first."""
    client, theirs = browser(app, login, houses.people["chapters.officer"]["there"]), houses.neighbours
    page = ask(client, "POST", f"/desk/chapters/claims/{theirs['claim_id']}/look").text
    paper = re.search(r'href="(/desk/chapters/claims/\d+/papers/)(\d+)(\?look=[^"]+)"', page)
    numbers = (theirs["paper_id"], houses.things["paper_id"])
    assert [ask(client, "GET", paper[1] + str(number) + paper[3]).status_code for number in numbers] == [200, 404]
    assert client.get(f"/desk/chapters/claims/{houses.things['claim_id']}/papers/{houses.things['paper_id']}{paper[3]}").status_code == 404


def test_anothers_own_things_are_not_there(app, login, houses):
    """A member who opens what is another member's own (404), and whose it is (anything else)."""
    owner, other, wrong = browser(app, login, houses.owner), browser(app, login, houses.other), []
    for rule, method in sorted(routes(app, MINE), key=lambda pair: (pair[1], pair[0].rule)):
        if OWN & rule.arguments:
            strange, own = (ask(client, method, address(rule, houses.things)).status_code for client in (other, owner))
            if strange != 404 or own not in {200, 303, 409, 422}:
                wrong.append((rule.rule, method, strange, own))
    assert wrong == []


def test_a_chapter_that_is_not_founded_has_no_page(app, login, houses):
    """Nobody finds a chapter in preparation by its address, whoever asks and however."""
    people, wrong = [browser(app, login, who) for who in (None, houses.owner, houses.people[Role.ORG_ADMIN]["here"])], []
    for rule, method in routes(app, PUBLIC | MINE):
        if "slug" in rule.arguments and rule.endpoint.startswith("chapters."):
            for client in people:
                answer = ask(client, method, address(rule, houses.things | {"slug": houses.hidden}))
                if answer.status_code != 404 and not (rule.endpoint in MINE and turned_away(answer)):
                    wrong.append((rule.rule, method, answer.status_code))
    assert wrong == []


def test_pages_of_chapters_answer_everybody(app, login, houses):
    """What exists is shown to a stranger, a member and an officer, and no form fails on an empty answer."""
    wrong = []
    for who in (None, houses.owner, houses.people["chapters.officer"]["here"]):
        client = browser(app, login, who)
        for rule, method in routes(app, PUBLIC):
            if rule.endpoint.partition(".")[0] in {"chapters", "publicity"}:
                answer = ask(client, method, address(rule, houses.things))
                if answer.status_code not in ({200} if method == "GET" else {200, 303, 403, 409, 422}):
                    wrong.append((rule.rule, method, answer.status_code))
    assert wrong == []


@pytest.mark.parametrize("role", [Role.CHIEF_EDITOR, Role.SYSTEM_ADMIN, Role.ORG_ADMIN])
def test_no_form_is_taken_without_its_token(app, login, houses, role):
    """400; the editor's own page keeps what was typed and says so, for those who may write.

    An upload's token is looked for after the right to send it (403): reading it first would read the whole file of anybody.
    """
    client, wrong = browser(app, login, houses.people[role]["root"]), []
    refused = {400} if role is Role.CHIEF_EDITOR else {400, 403, 404}
    for rule, method in [*desk_routes(app), *routes(app, PUBLIC | MINE)]:
        late = LATE.get(rule.endpoint, set())
        if method == "POST" and (answer := client.post(address(rule, houses.things))).status_code not in refused | late:
            wrong.append((rule.rule, answer.status_code))
    assert wrong == []
