"""What HTTP tests share: a form's token, and a browser at the desk that sends forms with everything that stands in them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from html.parser import HTMLParser

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from unionhall.base import clock
from unionhall.setup import load_demo


@pytest.fixture
def post():
    """Return `post(client, path, **fields)`, which brings the token that a page of the same browser carries."""

    def send(client, path, /, follow_redirects=False, **fields):
        page = client.get("/forgot").text
        token = re.search(r'name="csrf_token" value="([^"]+)"', page).group(1)
        return client.post(path, data={"csrf_token": token, **fields}, follow_redirects=follow_redirects)

    return send


class _Fields(HTMLParser):
    """Reads the fields of one form the way a browser would send them."""

    def __init__(self, action: str) -> None:
        super().__init__()
        self.action, self.inside, self.area, self.chosen = action, False, "", ""
        self.found: list[tuple[str, str]] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name") or ""
        if tag == "form":
            self.inside = given.get("action") == self.action
        if tag == "template":
            self.hidden += 1
        if not self.inside or self.hidden:
            return
        if tag == "input" and name and given.get("type") not in {"checkbox", "radio", "file", "submit"}:
            self.found.append((name, given.get("value") or ""))
        elif tag == "textarea":
            self.area = name
            self.found.append((name, ""))
        elif tag == "select":
            self.chosen = name
        elif tag == "option" and self.chosen and "selected" in given:
            self.found.append((self.chosen, given.get("value") or ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False
        elif tag == "textarea":
            self.area = ""
        elif tag == "select":
            self.chosen = ""
        elif tag == "template":
            self.hidden -= 1

    def handle_data(self, data: str) -> None:
        if self.area and self.found:
            name, value = self.found[-1]
            self.found[-1] = (name, value + data)


class Desk:
    """One person's browser, without JavaScript."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, path: str, **options: object) -> TestResponse:
        """Return the answer to a GET."""
        return self.client.get(path, **options)

    def form(self, page: str, action: str = "") -> dict[str, list[str]]:
        """Return what stands in the form of a page that posts to `action` (the page itself unless given)."""
        return fields(self.client.get(page).get_data(as_text=True), action or page)

    def token(self) -> str:
        """Return a token that holds for this browser."""
        return fields(self.client.get("/desk/").get_data(as_text=True), "/logout")["csrf_token"][0]

    def post(self, path: str, **values: object) -> TestResponse:
        """Send values with a good token."""
        return self.client.post(path, data={"csrf_token": self.token(), **values})


def fields(html: str, action: str) -> dict[str, list[str]]:
    """Return {name: values} of the form with this action."""
    reader = _Fields(action)
    reader.feed(html)
    found: dict[str, list[str]] = {}
    for name, value in reader.found:
        found.setdefault(name, []).append(value.removeprefix("\r\n").removeprefix("\n"))
    assert found, f"no form posts to {action}"
    return found


@pytest.fixture
def desk(app: Flask, login: Callable[[FlaskClient, int], None]) -> Callable[[int], Desk]:
    """Return `desk(account_id)`: a browser of its own, logged in."""

    def opened(account_id: int) -> Desk:
        client = app.test_client()
        login(client, account_id)
        return Desk(client)

    return opened


@pytest.fixture
def read() -> Callable[[str, str], dict[str, list[str]]]:
    """Return the function that reads a form's fields from a page."""
    return fields


@pytest.fixture
def loaded(beginning: Callable[..., object], at: Callable[[str], datetime]) -> datetime:
    """The demo, loaded on the morning of 14 May 2026, once per process: tests that use it are of one group, "demo"."""
    at("2026-05-14 09:30")
    beginning("demo", load_demo)
    return clock.now()
