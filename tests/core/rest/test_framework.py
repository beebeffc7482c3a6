"""What the shell does for every operation, seen at a plugin made for the test: input, repeats, states, switching off, origins."""

from __future__ import annotations

import threading
from types import ModuleType

import pytest
from flask_babel import lazy_gettext as _l
from pydantic import Field
from sqlalchemy import func, select

from unionhall.app import create_app
from unionhall.base import clock, db
from unionhall.hooks.api import ANY_TOKEN, ApiCall, ApiModel, ApiOperation, ApiPage, ApiResource, ApiScope
from unionhall.hooks.markers import hookimpl
from unionhall.hooks.types import Plugin
from unionhall.host import discovery
from unionhall.host.discovery import Found
from unionhall.host.registry import host
from unionhall.platform import audit
from unionhall.platform.audit import AuditEntry
from unionhall.rest import repeating
from unionhall.rest.models import Idempotency
from unionhall.rest.table import Table

API = "/api/v1/trial"
KEY = {"Idempotency-Key": "8e03978e-40d5-43dd-bc93-6894a57f9324"}


class NoteIn(ApiModel):
    text: str = Field(max_length=20)
    stars: int = Field(0, ge=0, le=5)


class NoteOut(ApiModel):
    id: int
    text: str


def note(call: ApiCall) -> NoteOut:
    audit.record("trial.noted", f"account:{call.actor.account_id}", actor=call.actor, now=call.now)
    return NoteOut(id=_noted() + 1, text=call.body.text)  # audit lines are written when the unit of work commits


def _noted():
    return db.session().scalar(select(func.count()).select_from(AuditEntry).where(AuditEntry.act == "trial.noted"))


def broken(_call: ApiCall) -> NoteOut:
    raise ZeroDivisionError("a plugin's mistake")


def listed(call: ApiCall) -> ApiPage:
    start = call.after[0] if call.after else 0
    return ApiPage([NoteOut(id=start + 1, text="é\u2028")], [start + 1])


def operation(method, path, name, handler, scope="trial.write", **given):
    return ApiOperation(method, path, name, _l("试用"), handler, scope=scope, answer=NoteOut, **given)


RESOURCE = ApiResource("trial", "试用", [
    operation("POST", "/notes", "trial_note", note, body=NoteIn, status=201),
    operation("GET", "/notes", "trial_notes", listed, scope=None, paged=True, most=5),
    operation("GET", "/broken", "trial_broken", broken, scope=ANY_TOKEN),
], [ApiScope("trial.write", "留言")])  # fmt: skip


@pytest.fixture
def trial(app, monkeypatch, work):
    """An application on the same database with the plugin `trial`, switched on."""
    module = ModuleType("unionhall_trial.plugin")
    module.PLUGIN = Plugin("trial", "试用", "made for a test")
    module.unionhall_api_resources = hookimpl(_named(lambda: [RESOURCE]))
    found = Found("trial", "1.0", "unionhall-trial", module, plugin=module.PLUGIN)
    monkeypatch.setattr(discovery, "find_plugins", lambda: [found])
    made = create_app(app.config["UNIONHALL"].model_dump() | {"api_origins": ("https://mini.example",)})
    with made.app_context(), db.unit_of_work():
        host().switch("trial", on=True)
    yield made
    with made.app_context():
        db.session().remove()
        db.engine().dispose()


def _named(function):
    function.__name__ = "unionhall_api_resources"
    return function


@pytest.fixture
def headers(trial, issue, member, monkeypatch):
    """A token of the member with the plugin's scope."""
    monkeypatch.setattr("unionhall.accounts.tokens.check_scopes", lambda *_given: None)
    return issue(member, "trial.write")


def code(answer):
    return answer.json["error"]["code"]


@pytest.mark.both
def test_a_request_that_comes_twice_is_done_once(trial, headers, work):
    client = trial.test_client()
    first = client.post(f"{API}/notes", json={"text": "好"}, headers=headers | KEY)
    again = client.post(f"{API}/notes", json={"text": "好"}, headers=headers | {"Idempotency-Key": f'"{KEY["Idempotency-Key"]}"'})
    assert (first.status_code, first.data) == (again.status_code, again.data) == (201, '{"id":1,"text":"好"}'.encode())
    assert again.headers["Idempotency-Replayed"] == "true" and "Idempotency-Replayed" not in first.headers
    other = client.post(f"{API}/notes", json={"text": "坏"}, headers=headers | KEY)
    assert other.status_code == 422 and code(other) == "key-reused"
    assert client.post(f"{API}/notes", json={"text": "好"}, headers=headers).json["id"] == 2
    with work() as session:
        assert "好" not in session.scalars(select(Idempotency.body_sealed)).one()


@pytest.mark.both
def test_the_same_request_at_once_from_many_is_done_once(trial, headers, work):
    answers, barrier = [], threading.Barrier(4)

    def send():
        client = trial.test_client()
        barrier.wait()
        answers.append(client.post(f"{API}/notes", json={"text": "好"}, headers=headers | KEY))

    threads = [threading.Thread(target=send) for _each in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in answers} <= {201, 409} and 201 in {answer.status_code for answer in answers}
    with work():
        assert _noted() == 1


@pytest.mark.both
def test_a_refused_request_keeps_no_key_and_keys_end_after_a_day(trial, headers, work, at):
    client = trial.test_client()
    assert client.post(f"{API}/notes", json={"text": "长" * 21}, headers=headers | KEY).status_code == 422
    assert client.post(f"{API}/notes", json={"text": "好"}, headers=headers | KEY).status_code == 201
    at("2026-05-15 09:31")
    assert client.post(f"{API}/notes", json={"text": "新"}, headers=headers | KEY).json["id"] == 2
    with trial.app_context():
        repeating.sweep(at("2026-05-16 09:32"))
    with work() as session:
        assert session.scalars(select(Idempotency)).all() == []


def test_a_key_belongs_to_one_account(trial, headers, issue, work, make):
    client = trial.test_client()
    with work():
        other = make.account().id
    assert client.post(f"{API}/notes", json={"text": "好"}, headers=headers | KEY).json["id"] == 1
    assert client.post(f"{API}/notes", json={"text": "好"}, headers=issue(other, "trial.write") | KEY).json["id"] == 2


def test_a_request_that_is_still_running_is_not_done_again(trial, headers, work, member):
    key = {"account_id": member, "route": "trial_note"}
    body = b'{"text":"x"}'
    with work():
        made = repeating.key_of(KEY["Idempotency-Key"], **key)
        sent = repeating.request_hash(f"{API}/notes?".encode(), body)
        assert repeating.begin(made, request=sent, now=clock.now(), **key) is None
    given = headers | KEY | {"Content-Type": "application/json"}
    answer = trial.test_client().post(f"{API}/notes", data=body, headers=given)
    assert answer.status_code == 409 and code(answer) == "key-busy"


NO_KEYS = ["short", "x" * 256, "mit leerzeichen", "ümläute-hier", '"half-quoted']  # fmt: skip


def test_a_key_that_is_none_is_refused(trial, headers):
    for key in NO_KEYS:
        answer = trial.test_client().post(f"{API}/notes", json={"text": "好"}, headers=headers | {"Idempotency-Key": key})
        assert answer.status_code == 400 and code(answer) == "key-malformed"


UNREADABLE = [
    b"", b"{", b"[" * 100_000, b'{"text":"a","text":"b"}', b'{"text":NaN}', b'{"text":"a","stars":Infinity}', b'{"stars":1e999}',
    b'{"stars":9223372036854775808}', b'{"stars":' + b"9" * 5000 + b"}", b'{"text":"\\u0000"}', b'{"text":"\\ud800"}', b"\xff\xfe{}",
    b'{"\\u0000":1}', b'{"text":' + b"[" * 20 + b"]" * 20 + b"}",
]  # fmt: skip


def test_json_that_cannot_be_read_is_refused(trial, headers):
    for raw in UNREADABLE:
        answer = trial.test_client().post(f"{API}/notes", data=raw, headers=headers | {"Content-Type": "application/json"})
        assert answer.status_code == 400 and code(answer) == "malformed" and answer.json["error"]["message"]


UNFIT = [
    ({}, "text", "missing"), ({"text": 1}, "text", "value"), ({"text": "x" * 21}, "text", "value"), ({"text": "x", "more": 1}, "more", "unknown"),
    ({"text": "x", "stars": 6}, "stars", "value"), ({"text": "x", "stars": "1"}, "stars", "value"), ({"text": "x", "stars": True}, "stars", "value"),
    ([], "", "value"), ("text", "", "value"),
]  # fmt: skip


def test_json_that_does_not_fit_names_every_place(trial, headers):
    for given, field, kind in UNFIT:
        answer = trial.test_client().post(f"{API}/notes", json=given, headers=headers)
        assert answer.status_code == 422
        problem = answer.json["error"]["problems"][0]
        assert (problem["field"], problem["code"]) == (field, kind)


OTHER_KINDS = ["", "text/plain", "application/x-www-form-urlencoded", "application/json; charset=gbk", "multipart/form-data; boundary=x"]  # fmt: skip


def test_only_json_is_taken(trial, headers):
    for kind in OTHER_KINDS:
        answer = trial.test_client().post(f"{API}/notes", data=b'{"text":"x"}', headers=headers | {"Content-Type": kind})
        assert answer.status_code == 415 and code(answer) == "media-type"


def test_a_body_has_its_bounds(trial, headers):
    answer = trial.test_client().post(f"{API}/notes", data=b" " * (256 * 1024 + 1), headers=headers | {"Content-Type": "application/json"})
    assert answer.status_code == 413 and code(answer) == "request-entity-too-large"


def test_a_plugin_that_is_switched_off_is_not_there(trial, headers):
    client = trial.test_client()
    assert client.get(f"{API}/notes").status_code == 200
    assert f"{API}/notes" in client.get("/api/v1/openapi.json").json["paths"]
    with trial.app_context(), db.unit_of_work():
        host().switch("trial", on=False)
    assert client.get(f"{API}/notes").status_code == 404
    assert client.post(f"{API}/notes", json={"text": "x"}, headers=headers).status_code == 404
    assert f"{API}/notes" not in client.get("/api/v1/openapi.json").json["paths"]


def test_a_plugins_mistake_is_a_500_with_a_reference_and_no_trace(trial, headers):
    trial.testing = False
    answer = trial.test_client().get(f"{API}/broken", headers=headers)
    assert answer.status_code == 500 and code(answer) == "error"
    assert answer.json["error"]["reference"] == answer.headers["X-Request-ID"] and "Zero" not in answer.text


def test_a_page_leads_on_and_bounds_its_limit(trial):
    client = trial.test_client()
    first = client.get(f"{API}/notes")
    assert first.json["items"] == [{"id": 1, "text": "é\u2028"}]
    assert client.get(f"{API}/notes", query_string={"after": first.json["next"]}).json["items"][0]["id"] == 2
    assert client.get(f"{API}/notes?limit=6").status_code == 422


def test_an_allowed_origin_may_ask_from_a_browser(trial, headers):
    client = trial.test_client()
    asked = {"Origin": "https://mini.example", "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    before = client.options(f"{API}/notes", headers=asked)
    assert before.status_code == 204 and before.headers["Access-Control-Allow-Origin"] == "https://mini.example"
    assert "Authorization" in before.headers["Access-Control-Allow-Headers"]
    made = client.post(f"{API}/notes", json={"text": "x"}, headers=headers | {"Origin": "https://mini.example"})
    assert made.headers["Access-Control-Allow-Origin"] == "https://mini.example" and "Origin" in made.headers["Vary"]
    assert "Access-Control-Allow-Credentials" not in made.headers
    assert "Access-Control-Allow-Origin" not in client.get(f"{API}/notes", headers={"Origin": "https://evil.example"}).headers
    assert "Access-Control-Allow-Origin" not in client.get("/", headers={"Origin": "https://mini.example"}).headers


@pytest.mark.parametrize(
    "wrong",
    [
        operation("GET", "notes", "trial_x", listed), operation("GET", "/{id:float}", "trial_x", listed), operation("GET", "/x", "Trial", listed),
        operation("GET", "/x", "trial_x", listed, scope="nowhere.read"), operation("GET", "/x", "trial_x", listed, shared=True),
        operation("DELETE", "/x", "trial_x", listed, body=NoteIn), operation("GET", "/notes", "trial_x", listed),
        operation("GET", "/x", "trial_note", listed),
    ],
)  # fmt: skip
def test_what_is_declared_wrongly_is_not_mounted(wrong):
    owner, table = Found("trial"), Table()
    table.add(owner, RESOURCE)
    with pytest.raises(Exception, match=r"trial|two API|Trial"):
        table.add(owner, ApiResource("more", "", [wrong]))
    assert len(table.placed) == 3


def test_shared_answers_come_from_the_page_cache_by_language(app, monkeypatch, work, make):
    kept = create_app(app.config["UNIONHALL"].model_dump() | {"page_cache_mb": 8})
    client = kept.test_client()
    first, second = client.get("/api/v1/site"), client.get("/api/v1/site", headers={"Authorization": "Bearer uh_" + "x" * 43})
    english = client.get("/api/v1/site", headers={"Accept-Language": "en"})
    assert first.json == second.json != english.json and english.headers["Content-Language"] == "en"
    again = client.get("/api/v1/site", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304 and again.headers["Cache-Control"] == "public, max-age=60"
    assert client.get("/api/v1/site?x=1").status_code == 422
    assert "Cookie" not in first.headers["Vary"] and "Accept-Language" in first.headers["Vary"]
    with kept.app_context():
        db.session().remove()
        db.engine().dispose()


@pytest.mark.both
def test_of_two_who_change_the_same_state_one_is_told(app, member, issue):
    headers, answers, barrier = issue(member), [], threading.Barrier(2)
    path = f"/api/v1/me/tokens/{app.test_client().get('/api/v1/me/tokens', headers=headers).json['items'][0]['id']}"
    known = headers | {"If-Match": app.test_client().get(path, headers=headers).headers["ETag"]}

    def rename(name):
        client = app.test_client()
        barrier.wait()
        answers.append((name, client.patch(path, headers=known, json={"name": name}).status_code))

    threads = [threading.Thread(target=rename, args=(name,)) for name in ("甲", "乙")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(status for _name, status in answers) == [200, 412]
    winner = next(name for name, status in answers if status == 200)
    assert app.test_client().get(path, headers=headers).json["name"] == winner
