"""Whatever a program sends, the answer is one that the OpenAPI document announces, and never a 5xx."""

from __future__ import annotations

import warnings
from itertools import count

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from unionhall.accounts import throttle
from unionhall.base import clock
from unionhall.news.models import State
from unionhall.notices.services import notify
from unionhall.signups.models import Kind

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance, response_schema_conformance]
EXAMPLES = 8


@pytest.mark.parametrize("known", [False, True], ids=["stranger", "member"])
def test_answers_are_the_announced_ones(app, member, issue, work, make, union, monkeypatch, known):
    monkeypatch.setattr(throttle, "LOGIN_SOURCE", throttle.Limit(10**6, throttle.LOGIN_SOURCE.window))
    with work():
        for _number in range(3):
            make.article(state=State.PUBLISHED, content=make.content(tags=("高温",)))
        there = _something_to_sign_up_for(union)
        notify("news.published", [member], {"headline": "标题"}, key="1", now=clock.now())
    headers = issue(member, "me.read", "me.write", "signups.read", "signups.write") if known else {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
        asked = [_ask_anything(found.ok(), headers, there) for found in schema.get_all_operations()]
    assert len(asked) >= 28


def _something_to_sign_up_for(union):
    """A campaign, a sheet that asks, one with an entry of the member's to be; returns {address: what lies there}."""
    slug = union.campaign("submit", "approve", "start").slug
    asking = union.sheet(companions=2)
    for kind in (Kind.TEXT, Kind.NUMBER, Kind.DATE, Kind.ID, Kind.ORG, Kind.CONSENT):
        union.ask(asking, kind, str(kind))
    union.ask(asking, Kind.CHOICES, "场次", options=[("上午", 1), ("下午",)])
    plain = union.sheet(places=3).id
    one = {"id": 1}
    return {
        "/signups/{id}": {"id": asking.id}, "/signups/{id}/entries": {"id": plain}, "/campaigns/{slug}": {"slug": slug},
        "/me/signups/{id}": one, "/me/signups/{id}/accept": one, "/me/signups/{id}/decline": one, "/me/signups/{id}/cancel": one,
        "/me/notices/{id}/read": one, "/news/articles/{id}": one,
    }  # fmt: skip


def _ask_anything(operation, headers, there):
    """Ask for anything, every other time for something that is there."""
    turns = count()
    @given(case=operation.as_strategy())
    @settings(max_examples=EXAMPLES, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    def ask(case):
        if operation.path == "/api/v1/session" and operation.method == "delete" and headers:
            return  # it would end the token that the others need
        if next(turns) % 2 and (known := there.get(operation.path.removeprefix("/api/v1"))):
            case.path_parameters.update(known)
        case.call_and_validate(checks=CHECKS, headers=headers)

    ask()
    return operation
