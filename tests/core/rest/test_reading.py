"""Reading through the API: site, orgs, news, search; pages, ETags, languages, errors."""

from __future__ import annotations

import json

import pytest
from openapi_spec_validator import validate
from sqlalchemy import select

from unionhall.base import clock
from unionhall.hooks.types import SYSTEM
from unionhall.news import publishing
from unionhall.news.models import Article, State
from unionhall.orgs.models import OrgKind
from unionhall.platform.access import unscoped

API = "/api/v1"


def code(answer):
    return answer.json["error"]["code"]


def test_the_site_says_its_name_in_the_callers_language(client):
    chinese = client.get(f"{API}/site")
    english = client.get(f"{API}/site", headers={"Accept-Language": "fr;q=0.9, en-GB;q=0.8, zh;q=0.1"})
    assert chinese.json["name"] == "职工之家" and english.json["name"] == "UnionHall"
    assert chinese.json["languages"] == ["zh-CN", "en"] and chinese.json["hotline"] == "12351"
    assert english.headers["Content-Language"] == "en" and "Accept-Language" in english.headers["Vary"]
    assert chinese.headers["Cache-Control"] == "public, max-age=60"
    assert chinese.headers["X-Content-Type-Options"] == "nosniff"


def test_cookies_neither_choose_the_language_nor_log_in(client, login, member):
    login(client, member)
    client.set_cookie("uh_lang", "en")
    assert client.get(f"{API}/site").json["name"] == "职工之家"
    assert client.get(f"{API}/me").status_code == 401
    assert client.delete(f"{API}/session").status_code == 401


def test_orgs_are_listed_page_by_page(client, work, make):
    with work():
        city = make.org(name="云麓市总工会")
        for number in range(5):
            make.org(city, OrgKind.DISTRICT, name=f"区工会{number}")
        slug = city.slug
    first = client.get(f"{API}/orgs?parent={slug}&limit=2")
    second = client.get(first.headers["Link"].split(">")[0][1:].replace("http://127.0.0.1:8000", ""))
    third = client.get(f"{API}/orgs", query_string={"parent": slug, "limit": 2, "after": second.json["next"]})
    names = [item["name"] for answer in (first, second, third) for item in answer.json["items"]]
    assert names == [f"区工会{number}" for number in range(5)] and third.json["next"] is None
    assert client.get(f"{API}/orgs/{slug}").json["kind"] == "city"
    assert client.get(f"{API}/orgs?parent=nowhere").status_code == 404
    assert client.get(f"{API}/orgs/nowhere").status_code == 404


@pytest.mark.both
def test_articles_come_newest_first_and_stay_in_order_while_others_appear(client, work, make, at):
    with work():
        city = make.org(name="云麓市总工会")
        for number in range(5):
            at(f"2026-05-14 0{number}:30")
            make.article(city, state=State.PUBLISHED, content=make.content(f"第{number}条", tags=("高温",)))
        slug = city.slug
    at("2026-05-14 09:30")
    first = client.get(f"{API}/news/articles?limit=2&org={slug}&tag=高温").json
    with work():
        make.article(make.root, state=State.PUBLISHED, content=make.content("刚发的", tags=("高温",)))
    second = client.get(f"{API}/news/articles", query_string={"limit": 3, "org": slug, "tag": "高温", "after": first["next"]})
    assert [item["headline"] for item in [*first["items"], *second.json["items"]]] == [f"第{number}条" for number in (4, 3, 2, 1, 0)]
    assert second.json["next"] is None
    since = client.get(f"{API}/news/articles", query_string={"since": "2026-05-14T04:00:00+08:00", "org": slug}).json["items"]
    assert [item["headline"] for item in since] == ["第4条"]
    assert client.get(f"{API}/news/articles?section=nowhere").status_code == 404


def test_an_article_comes_whole_with_pictures_and_absolute_addresses(client, work, make):
    with work():
        cover, inside = make.picture(alt="车间", caption="车间里", credit="罗工宣"), make.picture(alt="合影", caption="会后合影", credit="罗工宣")
        body = f'<p>正文第一段。</p><figure class="figure"><img src="{inside.view.src}" alt=""></figure><p><a href="/orgs/">组织</a></p>'
        found = make.article(state=State.PUBLISHED, content=make.content("标题", body=body, cover_id=cover.id, tags=("高温",)))
        number, url = found.id, found.url
    item = client.get(f"{API}/news/articles/{number}").json
    assert item["url"].endswith(url) and item["headline"] == "标题" and item["tags"] == ["高温"]
    assert item["text"].startswith("正文第一段。") and 'href="http://127.0.0.1:8000/orgs/"' in item["html"]
    assert 'src="http://127.0.0.1:8000/media/' in item["html"] and "<script" not in item["html"]
    assert (item["cover"]["alt"], item["cover"]["credit"]) == ("车间", "罗工宣")
    assert [each["width"] for each in item["cover"]["renditions"]] == [480, 960]
    assert [each["alt"] for each in item["pictures"]] == ["合影"]
    assert item["credits"] == [{"role": "reporter", "names": ["林晓棠"], "org_slug": ""}]


def test_drafts_are_not_there_and_withdrawn_articles_say_why(client, work, make):
    with work():
        draft = make.article(state=State.DRAFT).id
        withdrawn = make.article(state=State.WITHDRAWN).id
    assert client.get(f"{API}/news/articles/{draft}").status_code == 404
    answer = client.get(f"{API}/news/articles/{withdrawn}")
    assert answer.status_code == 410 and code(answer) == "withdrawn" and answer.json["error"]["message"] == "事实有误，正在核实。"
    assert client.get(f"{API}/news/articles").json["items"] == []


@pytest.mark.parametrize("number", ["0", "2147483648", "9" * 30, "-1", "x", "1.0", "１"])
def test_numbers_that_are_none_lead_nowhere(client, number):
    assert client.get(f"{API}/news/articles/{number}").status_code == 404


def test_what_is_known_is_not_sent_again(client, work, make):
    with work():
        number = make.article(state=State.PUBLISHED).id
    first = client.get(f"{API}/news/articles/{number}")
    again = client.get(f"{API}/news/articles/{number}", headers={"If-None-Match": first.headers["ETag"]})
    assert first.headers["ETag"].startswith('"') and again.status_code == 304 and again.data == b""
    with work() as session:
        found = session.scalars(unscoped(select(Article).where(Article.id == number), why="test")).one()
        publishing.withdraw(found, reason="核实中", actor=SYSTEM, now=clock.now())
    assert client.get(f"{API}/news/articles/{number}", headers={"If-None-Match": first.headers["ETag"]}).status_code == 410
    head = client.head(f"{API}/site")
    assert head.status_code == 200 and head.data == b"" and head.headers["ETag"]


def test_searching(client, work, make):
    with work():
        make.article(state=State.PUBLISHED, content=make.content("高温津贴发放"))
    found = client.get(f"{API}/search", query_string={"q": "高温津贴"})
    assert [item["title"] for item in found.json["items"]] == ["高温津贴发放"] and found.json["next"] is None
    assert client.get(f"{API}/search").json["error"]["problems"][0] == {"field": "q", "message": "缺少这一项。", "code": "missing"}


@pytest.mark.parametrize(
    ("query", "field", "kind"),
    [
        ("limit=0", "limit", "range"), ("limit=101", "limit", "range"), ("limit=１", "limit", "range"), ("limit=1&limit=2", "limit", "repeated"),
        ("colour=red", "colour", "unknown"), ("lang=en", "lang", "unknown"), ("after=x", "after", "cursor"), ("after=", "after", "cursor"),
        ("since=yesterday", "since", "value"), ("since=9999-12-31T23:59:59-14:00", "since", "value"), ("since=1e300", "since", "value"),
        ("since=2026-05-14T01:00:00", "since", "value"), (f"section={'x' * 61}", "section", "value"),
    ],
)  # fmt: skip
def test_a_query_that_does_not_fit_is_refused_with_its_name(client, query, field, kind):
    answer = client.get(f"{API}/news/articles?{query}")
    assert answer.status_code == 422 and code(answer) == "invalid"
    problem = answer.json["error"]["problems"][0]
    assert (problem["field"], problem["code"]) == (field, kind) and problem["message"]


def test_a_cursor_leads_on_in_its_own_list_only(client, work, make):
    with work():
        for _number in range(3):
            make.article(state=State.PUBLISHED)
    mark = client.get(f"{API}/news/articles?limit=1").json["next"]
    assert client.get(f"{API}/news/articles?limit=2&after={mark}").status_code == 200
    assert client.get(f"{API}/news/articles?tag=a&after={mark}").status_code == 422
    assert client.get(f"{API}/orgs?after={mark}").status_code == 422
    assert client.get(f"{API}/news/articles?after={mark[:-1]}0").status_code == 422


def test_errors_are_json_in_the_callers_language(client):
    chinese, english = (client.get("/api/v1/nowhere", headers={"Accept-Language": tag}) for tag in ("zh", "en"))
    assert chinese.status_code == 404 and chinese.json["error"]["message"] != english.json["error"]["message"]
    assert chinese.json["error"]["reference"] == chinese.headers["X-Request-ID"]
    wrong = client.post("/api/v1/site", json={})
    assert wrong.status_code == 405 and "GET" in wrong.headers["Allow"] and code(wrong) == "method-not-allowed"
    assert client.get("/api/").json["error"]["code"] == "not-found"
    assert client.options("/api/v1/site").headers["Allow"]


def test_origins_are_off_until_they_are_allowed(client, app):
    headers = {"Origin": "https://mini.example", "Access-Control-Request-Method": "GET"}
    assert "Access-Control-Allow-Origin" not in client.options(f"{API}/site", headers=headers).headers
    assert "Access-Control-Allow-Origin" not in client.get(f"{API}/site", headers=headers).headers


def test_the_document_is_valid_and_in_two_languages(client):
    chinese = client.get(f"{API}/openapi.json")
    validate(chinese.json)
    english = client.get(f"{API}/openapi.json", headers={"Accept-Language": "en"}).json
    validate(english)
    assert chinese.json["openapi"] == "3.1.0"
    assert chinese.json["paths"]["/api/v1/me"]["get"]["security"] == [{"bearer": ["me.read"]}]
    assert chinese.json["paths"]["/api/v1/site"]["get"]["summary"] != english["paths"]["/api/v1/site"]["get"]["summary"]
    assert set(chinese.json["paths"]["/api/v1/session"]) == {"post", "delete"}
    assert "second-factor-needed" in json.dumps(chinese.json)
    assert client.get(f"{API}/openapi.json?x=1").status_code == 422


def test_the_page_for_people_names_every_operation(client, app):
    page = client.get("/api/docs").text
    document = client.get(f"{API}/openapi.json").json
    for path, methods in document["paths"].items():
        assert path in page
        assert all(f'id="{operation["operationId"]}"' in page for operation in methods.values())
    assert "curl" in page and "<script src" not in page.replace('<script type="module" src="/static', "")
