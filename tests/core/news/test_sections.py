"""Sections at the HTTP seam: what is said of them, the steps of their review, and when they go."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from unionhall.base import db
from unionhall.base.errors import RuleBroken
from unionhall.hooks.types import SYSTEM, Role
from unionhall.news import sections
from unionhall.news.models import Section, State
from unionhall.news.rights import REVIEW, SIGN_OFF
from unionhall.news.sections import SectionFields

ONE = (("审核", REVIEW),)


@pytest.fixture
def room(work, make):
    """A chief editor and an administrator of the whole site, a chief editor of one city, an editor; a section."""
    with work():
        return {
            "chief": make.account(Role.CHIEF_EDITOR).id, "admin": make.account(Role.SYSTEM_ADMIN).id,
            "local": make.account(Role.CHIEF_EDITOR, make.org()).id, "editor": make.account(Role.EDITOR).id,
            "section": make.section(name="基层", slug="jiceng").id,
        }


def all_of(work):
    with work() as session:
        rows = session.scalars(select(Section).order_by(Section.id))
        return {row.slug: (row.name, [(step.label, step.permission) for step in row.steps]) for row in rows}


def send(browser, path, steps=(("初审", REVIEW),), **fields):
    values = {"name": "匠心", "slug": "", "name_en": "Craft", "summary": "", "position": "5", "open": "y", **fields}
    rows = {"step_label": [label for label, _kind in steps], "step_permission": [kind for _label, kind in steps]}
    return browser.client.post(path, data={"csrf_token": browser.token(), **values, **rows})


@pytest.mark.parametrize("path", ["/desk/news/sections/", "/desk/news/sections/new", "/desk/news/sections/1", "/desk/news/sections/1/remove"])
def test_doors(desk, room, path):
    wanted = {"chief": 200, "admin": 200, "local": 403, "editor": 403}
    assert {who: desk(room[who]).get(path).status_code for who in wanted} == wanted
    if path != "/desk/news/sections/":
        assert send(desk(room["local"]), path).status_code == 403
    assert ("/desk/news/sections/" in desk(room["local"]).get("/desk/").text) is False


def test_a_section_is_made_changed_and_shown(desk, work, room):
    browser = desk(room["chief"])
    assert send(browser, "/desk/news/sections/new", [("初审", REVIEW), ("", REVIEW), ("终审", SIGN_OFF)]).status_code == 303
    assert all_of(work)["jiang-xin"] == ("匠心", [("初审", REVIEW), ("终审", SIGN_OFF)])
    page = browser.get("/desk/news/sections/").text
    assert "初审" in page
    assert "终审（总编辑）" in page
    path = f"/desk/news/sections/{room['section']}"
    form = browser.form(path)
    assert (form["name"], form["step_label"], form["step_permission"]) == (["基层"], ["审核"], [REVIEW])
    assert send(browser, path, [("一", REVIEW), ("二", REVIEW), ("三", SIGN_OFF)], name="基层之声", slug="jiceng", open="").status_code == 303
    assert all_of(work)["jiceng"] == ("基层之声", [("一", REVIEW), ("二", REVIEW), ("三", SIGN_OFF)])
    assert "停用" in browser.get("/desk/news/sections/").text


def test_rows_are_added_moved_and_removed_without_javascript(desk, work, room):
    browser, path, rows = desk(room["chief"]), "/desk/news/sections/new", [("甲", REVIEW), ("乙", SIGN_OFF)]

    def labels(order):
        answer = send(browser, path, rows, rows=order)
        assert answer.status_code == 200
        assert 'value="匠心"' in answer.text
        return [part.split('"')[0] for part in answer.text.split("</ol>")[0].split('name="step_label" value="')[1:]]

    assert labels("steps:add") == ["甲", "乙", ""]
    assert labels("steps:up:1") == ["乙", "甲"]
    assert labels("steps:down:0") == ["乙", "甲"]
    assert labels("steps:up:0") == ["甲", "乙"]
    assert labels("steps:remove:0") == ["乙"]
    for nonsense in ("steps:remove:99", "steps:up:²", "bylines:x", "steps:"):
        assert labels(nonsense) == ["甲", "乙"]
    assert "jiang-xin" not in all_of(work)


@pytest.mark.parametrize(
    ("rows", "fields", "message"),
    [
        ([], {}, "1 到 5 步"), ([("", REVIEW)], {}, "1 到 5 步"), ([("步", REVIEW)] * 6, {}, "1 到 5 步"),
        ([("初审", "news.publish")], {}, "要从列表里选"), ([("很" * 21, REVIEW)], {}, "最多 20 个字"),
        ([("初审", REVIEW)], {"name": ""}, "栏目要有名称"), ([("初审", REVIEW)], {"name": "长" * 41}, "最多 40 个字"),
        ([("初审", REVIEW)], {"slug": "jiceng"}, "已经有别的栏目用了"), ([("初审", REVIEW)], {"slug": "tag"}, "不能用"),
        ([("初审", REVIEW)], {"position": "-1"}, "0 到 9999"),
    ],
)
def test_what_cannot_stand_is_refused_and_kept(desk, work, room, rows, fields, message):
    before = all_of(work)
    answer = send(desk(room["chief"]), "/desk/news/sections/new", rows, summary="手艺人的故事。", **fields)
    assert answer.status_code == 422
    assert "<title>错误：" in answer.text
    assert message in answer.text
    assert "手艺人的故事。" in answer.text
    assert all_of(work) == before


def test_only_an_empty_section_is_removed(desk, work, make, room):
    browser, path = desk(room["chief"]), f"/desk/news/sections/{room['section']}/remove"
    with work() as session:
        held = make.section(name="健康", slug="jiankang")
        make.article(section=session.get(Section, held.id))
        full = f"/desk/news/sections/{held.id}/remove"
    assert "不能删除" in browser.get(full).text
    answer = browser.post(full)
    assert (answer.status_code, "不能删除" in answer.text) == (422, True)
    assert "里面没有稿件" in browser.get(path).text
    assert browser.post(path).status_code == 303
    assert set(all_of(work)) == {"news", "jiankang"}
    assert browser.get(path).status_code == 404


def test_how_many_are_under_way_is_told(desk, work, make, room):
    with work() as session:
        make.article(section=session.get(Section, room["section"]), state=State.SUBMITTED)
    assert "有 1 篇稿正在审" in desk(room["chief"]).get(f"/desk/news/sections/{room['section']}").text


@pytest.mark.both
@pytest.mark.parametrize(("fields", "field"), [({"name": " "}, "name"), ({"slug": "jiceng"}, "slug"), ({"steps": (("审", "x"),)}, "steps")])
def test_the_service_refuses_by_itself(work, room, at, fields, field):
    now = at("2026-05-14 10:00")
    with work():
        with pytest.raises(RuleBroken) as refused:
            sections.save_section(None, SectionFields(**{"name": "匠心", "steps": ONE, **fields}), actor=SYSTEM, now=now)
        assert refused.value.field == field
        assert db.session().scalar(select(Section.id).where(Section.name == "匠心")) is None
