"""One's notices through the API, and everything that is held about oneself."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from unionhall.base import clock
from unionhall.notices.services import notify
from unionhall.platform.audit import AuditEntry
from unionhall.testing.factories import PASSWORD

API = "/api/v1"
LOGIN = {"login": "linxiaotang", "password": PASSWORD, "scopes": ["me.read"], "name": "工会小程序"}


def code(answer):
    return answer.json["error"]["code"]


@pytest.mark.both
def test_notices_are_listed_read_and_counted(client, work, make, member, issue):
    with work():
        other = make.account().id
        for number in range(3):
            notify("news.published", [member, other], {"headline": f"第{number}篇"}, key=str(number), now=clock.now(), url="/news/")
    mine = issue(member)
    assert client.get(f"{API}/me", headers=mine).json["counts"] == {"unread_notices": 3}
    first = client.get(f"{API}/me/notices?limit=2", headers=mine).json
    second = client.get(f"{API}/me/notices", query_string={"limit": 2, "after": first["next"]}, headers=mine).json
    found = [*first["items"], *second["items"]]
    assert ["第2篇" in found[0]["subject"], len(found), second["next"]] == [True, 3, None]
    assert found[0]["url"] == "http://127.0.0.1:8000/news/" and not found[0]["read"]
    number = found[0]["id"]
    assert client.post(f"{API}/me/notices/{number}/read", headers=mine).json["read"] is True
    assert client.post(f"{API}/me/notices/{number}/read", headers=issue(other)).status_code == 404
    unread = client.get(f"{API}/me/notices?unread=true", headers=mine).json["items"]
    assert [item["id"] for item in unread] == [item["id"] for item in found[1:]]
    assert client.post(f"{API}/me/notices/read", headers=mine).json == {"read": 2}
    assert client.get(f"{API}/me", headers=mine).json["counts"] == {"unread_notices": 0}
    assert client.get(f"{API}/me", headers=issue(other)).json["counts"] == {"unread_notices": 3}
    assert code(client.post(f"{API}/me/notices/read", headers=issue(member, "me.read"))) == "scope-needed"


def test_everything_about_oneself_is_given_to_a_fresh_login_only(at, client, work, member, issue):
    assert code(client.get(f"{API}/me/personal-data", headers=issue(member))) == "use-website"
    session = client.post(f"{API}/session", json=LOGIN)
    mine = {"Authorization": f"Bearer {session.json['token']}"}
    answer = client.get(f"{API}/me/personal-data", headers=mine)
    parts = {item["name"]: item["data"] for item in answer.json["items"]}
    assert answer.headers["Cache-Control"] == "no-store" and parts["accounts"]["账号"]["登录名"] == "linxiaotang"
    assert [row["名称"] for row in parts["accounts"]["接口令牌"]] == ["工会小程序", "测试"] and session.json["token"] not in answer.text
    with work() as database:
        assert database.scalar(select(AuditEntry.act).where(AuditEntry.act == "members.data_taken")) == "members.data_taken"
    at("2026-05-14 09:41")
    assert code(client.get(f"{API}/me/personal-data", headers=mine)) == "proof-needed"
