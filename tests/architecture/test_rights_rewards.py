"""Role × route for stations, rewards and the quiz: what each role gets, what a neighbour does not find, what is of one's own alone."""

from __future__ import annotations

import pytest
import rights_asking as asking
from rights_asking import ask, browser, permission_of, routes, turned_away
from rights_map_rewards import ADDED, API, DOOR, MINE, OBJECTS, OWN, PERMISSIONS, PUBLIC, ROLES, TILL, WORDS
from rights_things_rewards import build

from unionhall.hooks.types import Role

SLUGS = {"stations": "station-71", "quiz": "round-71"}


@pytest.fixture(scope="session")
def enabled_plugins():
    return ("stations", "rewards", "quiz")


@pytest.fixture
def streets(work, make):
    with work():
        return build(make)


def desk_routes(app):
    return asking.desk_routes(app, lambda owner: owner in asking.REWARDS)


def address(rule, things):
    return asking.address(rule, things | {"slug": SLUGS.get(asking.of(rule), "x")}, WORDS)


def test_every_route_is_written_down(app):
    rules = [rule for rule in app.url_map.iter_rules() if asking.of(rule) in asking.REWARDS]
    assert {rule.endpoint for rule in rules if not rule.rule.startswith("/desk/")} == PUBLIC | MINE | TILL | DOOR
    assert {permission_of(app, rule) for rule, _method in desk_routes(app)} <= set(PERMISSIONS)
    placed = app.extensions["unionhall.api"].placed
    assert {
        item.operation.name: item.operation.scope for item in placed if item.operation.name.partition("_")[0] in asking.REWARDS
    } == API  # fmt: skip


def test_every_permission_is_written_down(app):
    rights = app.extensions["unionhall.rights"]
    with app.app_context():
        known = [name for name in rights.permissions if name.partition(".")[0] in asking.REWARDS]
        assert {name: {role for role in ROLES if name in rights.of_role(role)} for name in known} == PERMISSIONS
        assert {role for role in rights.added() if role.partition(".")[0] in asking.REWARDS} == set(ADDED)


@pytest.mark.parametrize("role", ROLES)
def test_a_role_opens_its_own_doors_and_no_others(app, login, streets, role):
    wrong, client = [], None
    for rule, method in desk_routes(app):
        permission = permission_of(app, rule)
        client = client or browser(app, login, streets.people[role]["root"])
        answer = ask(client, method, address(rule, streets.things | dict.fromkeys(OBJECTS, 999999)))
        expected = role in PERMISSIONS[permission]
        if turned_away(answer) is expected and not (expected and answer.status_code == 403 and method == "POST"):
            wrong.append((rule.rule, method, permission, answer.status_code))
        if answer.status_code >= 500 or answer.status_code == 401:
            wrong.append((rule.rule, method, answer.status_code))
    assert wrong == []


def test_strangers_are_sent_to_log_in_and_find_no_till(app, login, streets):
    stranger, wrong = browser(app, login), []
    for rule, method in [*desk_routes(app), *routes(app, MINE)]:
        if not turned_away(answer := ask(stranger, method, address(rule, streets.things))):
            wrong.append((rule.rule, method, answer.status_code))
    for rule, method in routes(app, TILL):
        for client in (stranger, browser(app, login, streets.people[Role.ORG_ADMIN]["root"])):
            if (answer := ask(client, method, address(rule, streets.things))).status_code != 404:
                wrong.append((rule.rule, method, answer.status_code))
    assert wrong == []


@pytest.mark.parametrize("role", [Role.ORG_ADMIN, Role.CHIEF_EDITOR, Role.AUDITOR, *ADDED])
def test_another_orgs_things_are_not_there(app, login, streets, role):
    """A neighbour with the same role gets the answer for "does not exist", on every route about one thing."""
    client, wrong = browser(app, login, streets.people[role]["there"]), []
    for rule, method in desk_routes(app):
        if OBJECTS & rule.arguments and role in PERMISSIONS[permission_of(app, rule)]:
            answer = ask(client, method, address(rule, streets.things))
            if answer.status_code != 404:
                wrong.append((rule.rule, method, answer.status_code))
    assert wrong == []


def test_ones_own_things_are_there(app, login, streets):
    client, wrong = browser(app, login, streets.people[Role.ORG_ADMIN]["here"]), []
    for rule, method in desk_routes(app):
        if OBJECTS & rule.arguments and method == "GET" and not rule.rule.endswith(("<int:photo_id>", "/photo")):  # its file is not there
            answer = ask(client, method, address(rule, streets.things))
            if answer.status_code not in {200, 302, 303}:
                wrong.append((rule.rule, method, answer.status_code))
    assert wrong == []


def test_anothers_own_things_are_not_there(app, login, streets):
    owner, other, wrong = browser(app, login, streets.owner), browser(app, login, streets.other), []
    for rule, method in sorted(routes(app, MINE - {"rewards.use_offer"}), key=lambda pair: (pair[1], pair[0].rule)):
        if OWN & rule.arguments:
            strange, own = (ask(client, method, address(rule, streets.things)).status_code for client in (other, owner))
            if strange != 404 or own not in {200, 303, 409, 422}:
                wrong.append((rule.rule, method, strange, own))
    assert wrong == []


def test_pages_answer_everybody(app, login, streets):
    wrong = []
    for who in (None, streets.owner):
        client = browser(app, login, who)
        for rule, method in routes(app, PUBLIC):
            if "key" not in rule.arguments and (answer := ask(client, method, address(rule, streets.things))).status_code != 200:
                wrong.append((rule.rule, method, answer.status_code))
            if "key" in rule.arguments and (answer := ask(client, method, address(rule, streets.things))).status_code != 404:
                wrong.append((rule.rule, method, answer.status_code, "a draft has no page"))
    assert wrong == []


def test_no_form_is_taken_without_its_token(app, login, streets):
    client, wrong = browser(app, login, streets.people[Role.ORG_ADMIN]["here"]), []
    for rule, method in [*desk_routes(app), *routes(app, MINE | TILL | DOOR)]:
        if method == "POST" and (answer := client.post(address(rule, streets.things))).status_code not in {400, 403, 404}:
            wrong.append((rule.rule, answer.status_code))
    assert wrong == []
