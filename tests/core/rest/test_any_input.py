"""Whatever a program sends, the answer is one that the OpenAPI document announces, and never a 5xx."""

from __future__ import annotations

import pytest

from unionhall.accounts import throttle
from unionhall.base import clock
from unionhall.news.models import State
from unionhall.notices.services import notify
from unionhall.signups.models import Kind


@pytest.mark.parametrize("known", [False, True], ids=["stranger", "member"])
def test_answers_are_the_announced_ones(ask_anything, member, issue, work, make, union, monkeypatch, known):
    monkeypatch.setattr(throttle, "LOGIN_SOURCE", throttle.Limit(10**6, throttle.LOGIN_SOURCE.window))
    with work():
        for _number in range(3):
            make.article(state=State.PUBLISHED, content=make.content(tags=("高温",)))
        there = _something_to_sign_up_for(union)
        notify("news.published", [member], {"headline": "标题"}, key="1", now=clock.now())
    headers = issue(member, "me.read", "me.write", "signups.read", "signups.write") if known else {}
    assert len(ask_anything(headers, there)) >= 28


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
