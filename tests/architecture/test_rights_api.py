"""The API's operations: which token and which scope opens each, and that nobody's things are there for anybody else."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from rights_asking import REWARDS
from rights_map import API, API_FOR_ANYBODY, API_OBJECTS
from sqlalchemy import select

from unionhall.accounts import tokens
from unionhall.accounts.services import by_id
from unionhall.base import clock, db
from unionhall.hooks.types import SYSTEM, Actor, Role
from unionhall.notices.models import Notice
from unionhall.notices.services import notify
from unionhall.signups import entries, people, sheets
from unionhall.signups.models import Audience


@pytest.fixture(scope="session")
def enabled_plugins():
    return ("chapters",)


def api_operations(app):
    placed = app.extensions["unionhall.api"].placed
    return {item.operation.name: item for item in placed if item.operation.name.partition("_")[0] not in REWARDS}


def ask_api(client, item, headers, number=1):
    path = re.sub(r"\{\w+\}", str(number), item.path)
    sent = {"name": "x", "login": "x", "password": "x", "scopes": ["me.read"], "pending": "x", "code": "x", "answers": {}}
    body = {name: sent.get(name, "x") for name in (item.operation.body.model_fields if item.operation.body else ())}
    given = {"json": body} if body else {}
    return client.open(path, method=item.operation.method, headers={"If-Match": "*", **headers}, **given)


def api_token(app, account_id, scopes):
    with app.app_context(), db.unit_of_work():
        known = [scope.name for _owner, scope in app.extensions["unionhall.api"].every_scope]
        _row, secret = tokens.issue(
            by_id(account_id), kind=tokens.PERSONAL, name="x", scopes=scopes or known, known=known, lasts=timedelta(days=1), now=clock.now()
        )
    return {"Authorization": f"Bearer {secret}"}


def test_every_api_operation_and_its_scope_is_written_down(app):
    assert {name: item.operation.scope for name, item in api_operations(app).items()} == API
    found = {rule.endpoint for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/v1/")}
    assert {endpoint for endpoint in found if endpoint.removeprefix("api.").partition("_")[0] not in REWARDS} == {
        "rest.openapi", *(f"api.{name}" for name in API)
    }  # fmt: skip


def test_an_api_operation_asks_for_its_token_and_scope(app, work, make):
    """No token 401, a token without the scope 403, and roles open nothing: the token is a system administrator's."""
    with work():
        account = make.account(Role.SYSTEM_ADMIN, make.root).id
    scopes = [scope.name for _owner, scope in app.extensions["unionhall.api"].every_scope]
    wrong = []
    for name, item in api_operations(app).items():
        client = app.test_client()
        stranger = ask_api(client, item, {}).status_code
        if (stranger == 401) is not (API[name] is not None) and not name.startswith("session_"):
            wrong.append((name, "no token", stranger))
        if API[name]:
            others = [scope for scope in scopes if scope != API[name]]
            refused = ask_api(client, item, api_token(app, account, others))
            if refused.status_code != 403 or refused.json["error"]["code"] != "scope-needed":
                wrong.append((name, "no scope", refused.status_code))
    assert wrong == []


def test_anothers_things_are_not_there_for_the_api(app, work, make):
    with work():
        mine, other = make.account().id, make.account().id
        sheet = sheets.create_sheet("tests.thing", 1, sheets.Setup("报名", audience=Audience.ACCOUNT), org=make.root, actor=SYSTEM, now=clock.now())
        who = people.of_account(Actor(mine, "林晓棠", "x"))
        entry = entries.sign_up(sheet, who, entries.Wish(), actor=SYSTEM, now=clock.now())
        notify("news.published", [mine], {"headline": "标题"}, key="1", now=clock.now())
        things = {"entry_id": entry.id, "notice_id": db.session().scalar(select(Notice.id).where(Notice.account_id == mine).limit(1))}
    own, strange = api_token(app, mine, []), api_token(app, other, [])
    client, wrong = app.test_client(), []
    for name, item in api_operations(app).items():
        if API[name] and "{" in item.path and item.path.removeprefix("/api/v1") not in API_FOR_ANYBODY:
            place = item.path.removeprefix("/api/v1")
            assert place in API_OBJECTS, f"{item.path}: say in API_OBJECTS whose it is, and make one here"
            things["token_id"] = client.get("/api/v1/me/tokens", headers=own).json["items"][-1]["id"]
            if ask_api(client, item, strange, things[API_OBJECTS[place]]).status_code != 404:
                wrong.append(name)
    assert wrong == []
