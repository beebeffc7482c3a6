"""Headers, request ids, refusals and where one may be sent."""

from __future__ import annotations

import io
import re

import pytest
from werkzeug.routing import IntegerConverter

from unionhall.base.web import safe_next

LEAVES = [
    "//evil.example", "/\\evil.example", "/%09/evil.example", "https://evil.example", "https:evil.example", "\\/evil.example",
    "/\t/evil.example", "／／evil.example", "/／evil.example", "javascript:alert(1)", "", None, "evil.example", "@evil.example",
    "/.//evil.example", "\x00//evil", "http:///evil.example", "///evil.example", "/ /evil", "/\r\nSet-Cookie: a=b",
]  # fmt: skip


@pytest.mark.parametrize("target", LEAVES)
def test_nobody_is_sent_off_the_site(target):
    went = safe_next(target, "/home")
    assert went.startswith("/")
    assert not went.startswith(("//", "/\\", "/\t", "/／"))


@pytest.mark.parametrize("target", ["/desk/news/?tab=mine&page=2", "/orgs/dong-jin/", "/news/jiceng/a-1/"])
def test_an_address_on_the_site_is_kept(target):
    assert safe_next(target, "/home") == target


def test_every_page_has_its_headers(client):
    headers = client.get("/").headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert (policy["default-src"], policy["script-src"], policy["object-src"], policy["base-uri"]) == ("'none'", "'self'", "'none'", "'none'")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert headers["X-Request-ID"].startswith("e-")
    assert "unsafe-inline" not in headers["Content-Security-Policy"]


def test_two_requests_have_two_ids(client):
    assert client.get("/").headers["X-Request-ID"] != client.get("/").headers["X-Request-ID"]


def test_hsts_is_sent_over_tls_only(client):
    assert "Strict-Transport-Security" not in client.get("/").headers
    assert client.get("/", base_url="https://localhost").headers["Strict-Transport-Security"].startswith("max-age=31536000")


@pytest.mark.parametrize("path", ["/news/%00/", "/?q=%00"])
def test_a_nul_byte_is_refused(client, path):
    assert client.get(path).status_code == 400


@pytest.mark.parametrize("form", [{"login": "a\x00b"}, {"lo\x00gin": "a"}, {"file": (io.BytesIO(b"x"), "a\x00.txt")}])
def test_a_form_with_a_nul_byte_is_refused_and_says_so(client, send, form):
    answer = send(client, "/login", **form)
    assert (answer.status_code, "不能保存的字符" in answer.text) == (400, True)


def test_a_form_without_its_token_is_refused(client):
    answer = client.post("/login", data={"login": "a", "password": "b"})
    assert (answer.status_code, "Cookie" in answer.text) == (400, True)


def test_an_error_page_names_its_reference_and_no_trace(client, app):
    app.view_functions["site.home"], kept = lambda: 1 / 0, app.view_functions["site.home"]
    try:
        answer = client.get("/")
    finally:
        app.view_functions["site.home"] = kept
    assert answer.status_code == 500
    assert answer.headers["X-Request-ID"] in answer.text
    assert "Traceback" not in answer.text and "ZeroDivision" not in answer.text


def test_too_many_fields_are_refused_quickly(client):
    answer = client.post("/login", data={f"field{n}": "x" for n in range(10_000)})
    assert answer.status_code in {400, 413}


def test_a_large_body_is_refused(app, client, monkeypatch):
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 1_000_000)
    answer = client.post("/login", data=b"x" * 1_000_001, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 413


def test_other_methods_are_refused(client):
    assert (client.open("/", method="TRACE").status_code, client.delete("/").status_code) == (405, 405)


def test_programs_get_a_typed_error(client):
    answer = client.get("/nowhere", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json["error"]["code"]) == (404, "not-found")


@pytest.mark.both
@pytest.mark.parametrize("number", [2**31, 2**63, 10**30])
def test_a_number_beyond_every_id_leads_nowhere(app, number):
    """On every route that takes a number, by every method: 404 before anything is asked of the database."""
    client, asked, wrong = app.test_client(), 0, []
    for rule in app.url_map.iter_rules():
        if not any(isinstance(converter, IntegerConverter) for converter in rule._converters.values()):
            continue
        path = re.sub(r"<int[^>]*>", str(number), rule.rule)
        path = re.sub(r"<(?:[^:<>]+:)?\w+>", "x", path)
        for method in sorted(rule.methods - {"OPTIONS"}):
            asked += 1
            answer = client.open(path, method=method, headers={"Accept": "application/json"})  # a refusal is a line, no whole page
            if answer.status_code >= 500 or (answer.status_code != 404 and method in {"GET", "HEAD"}):
                wrong.append((rule.rule, method, answer.status_code))
    assert wrong == [] and asked > 100
