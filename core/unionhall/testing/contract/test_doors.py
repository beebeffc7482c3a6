"""Who gets in: every route of the plugin is knocked at by a stranger, somebody without rights, a member, an administrator."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from flask.testing import FlaskClient

from unionhall.base import db
from unionhall.testing.contract.house import House, address, briefly, methods

LINK = re.compile(r'href="([^"#]+)')
MOST_PAGES = 150


def test_the_desk_is_closed_to_strangers_and_to_accounts_without_rights(subject: House) -> None:
    """Strangers are sent to log in, an account without roles gets 403, before anything is looked up."""
    stranger, somebody, wrong = subject.stranger(), briefly(subject.somebody()), []
    for rule in subject.rules(desk=True):
        for method in methods(rule):
            for who, client in (("a stranger", stranger), ("an account without rights", somebody)):
                answer = subject.post(client, address(rule)) if method == "POST" else subject.knock(client, "GET", address(rule))
                if not answer.turned_away:
                    wrong.append(f"{method} {rule.rule} answers {who} {answer.status} {answer.raised}")
    assert wrong == [], "each desk view carries @needs, and judges before it looks"


def test_no_page_fails_whoever_asks_for_whatever(subject: House) -> None:
    """Made-up numbers and names in the address give 404 (or another refusal), never 500."""
    wrong = []
    for who in ("stranger", "member", "administrator"):
        client = briefly(getattr(subject, who)())
        for rule in subject.rules():
            for number in (0, 1, 999_999, 10**9) if rule.arguments else (0,):
                answer = subject.knock(client, "GET", address(rule, number)) if "GET" in (rule.methods or ()) else None
                if answer and answer.status >= 500:
                    wrong.append(f"{address(rule, number)} fails for a {who}: {answer.raised or answer.status}")
    assert wrong == [], "look things up with a query that raises NotFound"


def test_no_api_operation_fails_on_made_up_ids(subject: House) -> None:
    """The API answers 404 or asks for its token; it never fails."""
    client, wrong = subject.stranger(), []
    for placed in subject.operations():
        answer = subject.knock(client, placed.operation.method, re.sub(r"\{\w+\}", "999999", placed.path))
        if answer.status >= 500:
            wrong.append(f"{placed.path}: {answer.raised or answer.status}")
        if placed.operation.scope is not None and answer.status != 401:
            wrong.append(f"{placed.path} answers {answer.status} without a token")
    assert wrong == []


def test_forms_are_refused_without_their_token(subject: House) -> None:
    """A POST without the CSRF token is answered 400, or refused before; the form must carry {{ csrf() }}, the view no exemption."""
    client = briefly(subject.administrator())
    wrong = [
        f"{rule.rule} answers {answer.status}"
        for rule in subject.rules()
        if "POST" in (rule.methods or ()) and (answer := subject.knock(client, "POST", address(rule))).status not in {400, 403, 404}
    ]
    assert wrong == []


def test_reading_changes_nothing(subject: House) -> None:
    """A GET writes into none of the plugin's tables: what changes something is a POST."""
    client, wrong = briefly(subject.administrator()), []
    for rule in subject.rules():
        if "GET" in (rule.methods or ()):
            with _written(subject) as statements:
                subject.knock(client, "GET", address(rule, 1))
            wrong += [f"{rule.rule}: {statement[:80]}" for statement in statements]
    assert wrong == []


@contextmanager
def _written(subject: House) -> Iterator[list[str]]:
    names = "|".join(re.escape(table.name) for table in subject.tables) or "-"
    writing = re.compile(rf'\s*(INSERT INTO|UPDATE|DELETE FROM) "?({names})\b', re.IGNORECASE)
    found: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not subject.found.core and writing.match(statement):
            found.append(statement)

    with subject.app.app_context():
        engine = db.engine()
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)


def test_the_content_security_policy_stays_as_it_is(plugin: House) -> None:
    """Pages of the plugin are sent with the site's policy; a download may carry a stricter one ("sandbox")."""
    client = briefly(plugin.administrator())
    policy, wrong = plugin.stranger().get("/").headers["Content-Security-Policy"], []
    for rule in plugin.rules():
        if "GET" in (rule.methods or ()):
            answer = plugin.knock(client, "GET", address(rule, 1)).response
            sent = answer.headers.get("Content-Security-Policy", "") if answer else policy
            if sent != policy and not sent.startswith("sandbox; default-src 'none'"):
                wrong.append(f"{rule.rule}: {sent}")
    assert wrong == [], "do not set Content-Security-Policy"


def test_links_lead_somewhere(plugin: House) -> None:
    """From the plugin's pages one comes to pages that answer: followed for readers, and for an administrator."""
    wrong = [*_walk(plugin, plugin.stranger(), ("/",)), *_walk(plugin, plugin.administrator(), ("/desk/", "/my/", "/"))]
    assert wrong == []


def _walk(plugin: House, client: FlaskClient, starts: tuple[str, ...]) -> Iterator[str]:
    waiting = [*starts, *(rule.rule for rule in plugin.rules() if not rule.arguments and "GET" in (rule.methods or ()))]
    fronts = (f"/{plugin.name}/", f"/desk/{plugin.name}/")
    seen: set[str] = set()
    while waiting and len(seen) < MOST_PAGES:
        path = waiting.pop(0)
        if path in seen:
            continue
        seen.add(path)
        answer = plugin.knock(client, "GET", path)
        own = path.startswith((f"/{plugin.name}/my/", f"/{plugin.name}/till/")) and answer.status == 404  # no member, no till: none
        if path.startswith(fronts) and answer.status >= 400 and not answer.turned_away and not own:
            yield f"{path}: {answer.raised or answer.status}"
        if answer.response is not None and answer.response.mimetype == "text/html":
            links = (link.replace("&amp;", "&") for link in LINK.findall(answer.response.text))
            waiting += [link for link in links if link.startswith(fronts)]
