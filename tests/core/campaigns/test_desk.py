"""The campaign desk over HTTP: made, filled, reviewed, run; two editors; neighbours; hostile and broken input."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select
from wtforms import IntegerField

from unionhall.base import clock, db
from unionhall.campaigns import reporting, services
from unionhall.campaigns.models import Campaign, Component
from unionhall.campaigns.services import Basics
from unionhall.desk.forms import DeskForm
from unionhall.hooks.components import Figure
from unionhall.hooks.types import SYSTEM, Role
from unionhall.platform.access import unscoped


def find(campaign_id):
    return db.session().scalar(unscoped(select(Campaign).where(Campaign.id == campaign_id), why="test"))


def basics(page, **changes):
    return {name: values[0] for name, values in page.items()} | {"audience": "members"} | changes


@pytest.mark.both
def test_a_campaign_from_its_first_word_to_its_result(desk, work, staff, client):
    editor, chief = desk(staff[Role.EDITOR]), desk(staff[Role.CHIEF_EDITOR])
    assert "还没有活动" in editor.get("/desk/campaigns/").text
    answer = editor.post(
        "/desk/campaigns/new", title="2026 职工健康月", org_id=staff["org"], starts_at="2026-05-15T00:00", ends_at="2026-06-15T00:00",
        audience="members", summary="",
    )  # fmt: skip
    assert answer.status_code == 303, answer.text
    edit = answer.location
    here = edit.removesuffix("/edit")
    page = editor.get(edit).text
    assert "送审前还差" in page
    assert "还没有一句话介绍" in page
    for path in ("share", "qr.svg", "poster", "preview", "preview?size=desktop", "preview/page", "history", "figures", "copy"):
        assert editor.get(f"{here}/{path}").status_code == 200, path
    assert "image/svg+xml" in editor.get(f"{here}/qr.svg").content_type
    assert editor.post(edit, **basics(editor.form(edit), summary="走出工位，动一动。", goal_number="12000")).status_code == 303
    settings = editor.post(f"{here}/components", kind="campaigns.text").location
    form = editor.form(settings)
    assert editor.post(settings, **basics(form, component_title="规则", body="第一段\n第二段", component_counts="")).status_code == 303
    assert "<p>第二段</p>" in editor.get(f"{here}/preview/page").text
    assert editor.post(f"{here}/move/submit").status_code == 303
    assert editor.post(f"{here}/move/approve").status_code == 403
    assert "等我审的活动" in chief.get("/desk/").text
    assert chief.post(f"{here}/move/return", reason="").status_code == 422
    assert chief.post(f"{here}/move/return", reason="请写雨天安排。").status_code == 303
    assert "请写雨天安排。" in editor.get(edit).text
    for person, action in ((editor, "submit"), (chief, "approve"), (chief, "start")):
        assert person.post(f"{here}/move/{action}").status_code == 303, action
    url = re.search(r'readonly value="https?://[^/]+(/campaigns/[^"]+)"', editor.get(f"{here}/share").text).group(1)
    assert "第二段" in client.get(url).text
    assert editor.post(f"{here}/move/pause", reason="台风").status_code == 303
    assert "台风" in client.get(url).text
    for action in ("resume", "end"):
        assert editor.post(f"{here}/move/{action}").status_code == 303
    form = editor.form(f"{here}/results")
    assert editor.post(f"{here}/results", **basics(form, result="办得很好。", then="publish")).status_code == 303
    assert "办得很好。" in client.get(url).text
    history = editor.get(f"{here}/history").text
    assert [word for word in ("新建", "送审", "退回修改", "通过并排期", "暂停", "公布结果") if word not in history] == []
    assert editor.post(f"{here}/move/end").status_code == 409


@pytest.fixture
def one(work, campaigns, make, staff):
    """Return the id of a draft of the district."""
    from unionhall.orgs.models import Org

    with work():
        return campaigns.create(org=db.session().get(Org, staff["org"])).id


def test_two_editors_and_nothing_is_lost(desk, work, staff, one):
    path = f"/desk/campaigns/{one}/edit"
    first, second = desk(staff[Role.EDITOR]), desk(staff[Role.CHIEF_EDITOR])
    mine, theirs = first.form(path), second.form(path)
    assert first.post(path, **basics(mine, title="甲改的名字")).status_code == 303
    clash = second.post(path, **basics(theirs, title="乙改的名字"))
    assert clash.status_code == 409
    assert "甲改的名字" in clash.text
    assert 'value="乙改的名字"' in clash.text
    from tests.core.conftest import fields

    again = fields(clash.text, path)
    assert second.post(path, **basics(again)).status_code == 303
    with work():
        assert find(one).title == "乙改的名字"


def test_two_editors_of_one_component(desk, work, staff, one):
    first, second = desk(staff[Role.EDITOR]), desk(staff[Role.CHIEF_EDITOR])
    with work():
        path = f"/desk/campaigns/{one}/components/{find(one).components[0].id}"
    mine, theirs = first.form(path), second.form(path)
    assert first.post(path, **basics(mine, body="甲写的", component_counts="")).status_code == 303
    clash = second.post(path, **basics(theirs, body="乙写的", component_counts=""))
    assert (clash.status_code, "甲写的" in clash.text, "乙写的" in clash.text) == (409, True, True)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title": ""}, "请写活动名称"), ({"title": "长" * 121}, "最多"), ({"ends_at": "2026-04-26T23:59"}, "结束时间要晚于开始时间"),
        ({"ends_at": "2099-01-01T00:00"}, "最长三年"), ({"starts_at": "昨天"}, "看不懂这个时间"), ({"goal_number": "-1"}, "1 到 10 亿"),
        ({"goal_number": "9" * 40}, "1 到 10 亿"), ({"goal_number": "很多"}, ""), ({"audience": "nobody"}, ""), ({"cover_id": "99999"}, "刚刚被删除"),
        ({"slug": "calendar"}, ""),
    ],
)  # fmt: skip
def test_what_cannot_be_saved_is_said_at_its_field_and_stays_typed(desk, staff, one, changes, words):
    editor, path = desk(staff[Role.EDITOR]), f"/desk/campaigns/{one}/edit"
    answer = editor.post(path, **basics(editor.form(path), **({"summary": "写了很久的介绍"} | changes)))
    if changes == {"slug": "calendar"}:
        assert answer.status_code == 303
        return
    assert answer.status_code == 422
    assert words in answer.text
    assert "写了很久的介绍" in answer.text


def test_a_neighbour_finds_nothing(desk, work, staff, one):
    neighbour = desk(staff["next"])
    with work():
        component = find(one).components[0].id
    for path in ("edit", "copy", "share", "qr.svg", "poster", "preview", "preview/page", "history", "figures", f"components/{component}",
                 "move/submit", "results"):  # fmt: skip
        assert neighbour.get(f"/desk/campaigns/{one}/{path}").status_code == 404, path
    for path in ("edit", "copy", "components", "components/order", f"components/{component}", "move/submit", "results", "template/remove"):
        assert neighbour.post(f"/desk/campaigns/{one}/{path}").status_code == 404, path
    assert "2026 职工健康月" not in neighbour.get("/desk/campaigns/").text
    assert neighbour.post("/desk/campaigns/new", title="冒名", org_id=staff["org"], audience="members").status_code == 422


@pytest.mark.parametrize("role", [Role.ORG_ADMIN, Role.AUDITOR])
def test_who_may_only_read_reads(desk, work, staff, one, role):
    reader = desk(staff[role])
    page = reader.get(f"/desk/campaigns/{one}/edit").text
    assert "disabled" in page
    assert "保存基本信息" not in page
    assert reader.post(f"/desk/campaigns/{one}/edit", title="x").status_code == 403
    assert reader.post(f"/desk/campaigns/{one}/move/submit").status_code == 403
    with work():
        assert find(one).state == "draft"


@pytest.mark.parametrize(
    ("path", "fields", "status"),
    [
        ("components", {"kind": "no.such"}, 404), ("components", {"kind": "x" * 5000}, 404), ("components", {}, 404),
        ("components/order", {"act": "up:999999"}, 404), ("components/order", {"act": "fly:1"}, 400), ("components/order", {"ids": ["1", "x", "9" * 50]}, 303),
        ("components/999999", {}, 404), ("move/fly", {}, 404), ("results", {"result": "x"}, 404), ("template/remove", {}, 409),
        ("copy", {"title": ""}, 422), ("copy", {"title": "x", "org_id": "abc"}, 422),
    ],
)  # fmt: skip
def test_broken_input_is_answered(desk, staff, one, path, fields, status):
    assert desk(staff[Role.EDITOR]).post(f"/desk/campaigns/{one}/{path}", **fields).status_code == status


def test_order_buttons_without_javascript(desk, work, staff, one):
    editor, here = desk(staff[Role.EDITOR]), f"/desk/campaigns/{one}"
    for kind in ("campaigns.gallery", "campaigns.countdown"):
        assert editor.post(f"{here}/components", kind=kind).status_code == 303

    def kinds():
        with work():
            return [(item.kind.partition(".")[2], item.hidden) for item in find(one).components]

    with work():
        ids = [item.id for item in find(one).components]
    editor.post(f"{here}/components/order", act=f"up:{ids[2]}")
    assert [kind for kind, _hidden in kinds()] == ["text", "countdown", "gallery"]
    editor.post(f"{here}/components/order", ids=[ids[1], ids[0], ids[2]])
    assert [kind for kind, _hidden in kinds()] == ["gallery", "text", "countdown"]
    editor.post(f"{here}/components/order", act=f"hide:{ids[0]}")
    assert ("text", True) in kinds()
    editor.post(f"{here}/components/order", act=f"remove:{ids[1]}")
    assert len(kinds()) == 2


def test_every_core_kind_has_settings_that_can_be_saved(desk, work, staff, one):
    editor, here = desk(staff[Role.EDITOR]), f"/desk/campaigns/{one}"
    sent = {
        "campaigns.news": {"source": "org", "limit": "5"}, "campaigns.video": {"url": "https://video.example.cn/v/1", "note": "讲了什么"},
        "campaigns.countdown": {"to": "own", "at": "2026-06-01T08:00"}, "campaigns.results": {"by": "item"}, "campaigns.gallery": {},
        "campaigns.counter": {"source": "typed", "number": "61420", "origin": "台账", "on": "2026-05-13", "unit": "people", "label": "杯"},
        "campaigns.text": {"body": "字"},
    }  # fmt: skip
    for kind, values in sent.items():
        settings = editor.post(f"{here}/components", kind=kind).location
        form = editor.form(settings)
        answer = editor.post(settings, **basics(form, component_counts="", **values))
        assert answer.status_code == 303, (kind, answer.text)
        again = editor.form(settings)
        for name, value in values.items():
            if name in again:
                assert value in again[name][0], (kind, name)
    page = editor.get(f"{here}/preview/page").text
    assert "61,420" in page
    assert 'href="https://video.example.cn/v/1"' in page
    for kind, values in (
        ("campaigns.video", {"url": "javascript:alert(1)"}), ("campaigns.video", {"url": "//evil.cn/x"}), ("campaigns.video", {"url": "https://["}),
        ("campaigns.news", {"source": "chosen", "chosen": "没有编号", "limit": "5"}), ("campaigns.news", {"limit": "9999", "source": "tag"}),
        ("campaigns.countdown", {"to": "own", "at": "从前"}),
    ):  # fmt: skip
        settings = editor.post(f"{here}/components", kind=kind).location
        assert editor.post(settings, **basics(editor.form(settings), component_counts="", **values)).status_code == 422, values


def test_a_plugins_form_is_asked_and_what_it_freezes_stays(desk, work, staff, one, offered, campaigns):
    class Quota(DeskForm):
        quota = IntegerField("名额")

    offered.add("test.sheet", label="报名表", form=lambda: Quota, frozen=("quota",), figures=lambda view: [Figure("报名", people=3, url="/desk/rows")])
    editor, here = desk(staff[Role.EDITOR]), f"/desk/campaigns/{one}"
    settings = editor.post(f"{here}/components", kind="test.sheet").location
    assert editor.post(settings, quota="30", component_title="报名", component_counts="people", component_version="1").status_code == 303
    with work():
        campaign = find(one)
        assert campaign.components[-1].config == {"quota": 30}
        for action in ("submit", "approve", "start"):
            campaigns.move(campaign, action)
    answer = editor.post(settings, quota="40", component_title="报名", component_counts="people", component_version="2")
    assert (answer.status_code, "不能再改" in answer.text) == (422, True)
    assert editor.post(settings, quota="30", component_title="快来报名", component_counts="people", component_version="2").status_code == 303
    figures = editor.get(f"{here}/figures").text
    assert 'href="/desk/rows"' in figures
    assert "计入目标" in figures


def test_a_missing_plugin_is_said_and_its_settings_stay(desk, work, staff, one):
    with work():
        gone = Component(campaign_id=one, position=9, kind="live.market", title="直播", config={"a": 1})
        db.session().add(gone)
        db.session().flush()
        number = gone.id
    editor, here = desk(staff[Role.EDITOR]), f"/desk/campaigns/{one}"
    assert "不可用" in editor.get(f"{here}/edit").text
    assert "插件没有启用" in editor.get(f"{here}/components/{number}").text
    assert editor.post(f"{here}/components/{number}", component_title="x").status_code == 409
    with work():
        assert db.session().get(Component, number).config == {"a": 1}


def test_templates_and_copies(desk, work, staff, one):
    editor, here = desk(staff[Role.EDITOR]), f"/desk/campaigns/{one}"
    form = editor.form(f"{here}/copy")
    assert form["title"] == ["2027 职工健康月"]
    assert form["starts_at"] == ["2027-05-17T09:30"]
    made = editor.post(f"{here}/copy", title="讲座模板", org_id=staff["org"], **{"as": "template"}).location
    number = re.search(r"/(\d+)/", made).group(1)
    assert "讲座模板" in editor.get("/desk/campaigns/new").text
    assert "讲座模板" not in desk(staff["next"]).get("/desk/campaigns/new").text
    again = editor.post("/desk/campaigns/new", title="新讲座", org_id=staff["org"], template=number, audience="members", starts_at="2026-08-01T09:00")
    assert again.status_code == 303
    with work():
        fresh = find(int(re.search(r"/(\d+)/", again.location).group(1)))
        assert [item.title for item in fresh.components] == ["怎么参加"]
    assert desk(staff[Role.CHIEF_EDITOR]).post(f"/desk/campaigns/{number}/move/submit").status_code == 409
    assert editor.post(f"/desk/campaigns/{number}/template/remove").status_code == 303
    assert "讲座模板" not in editor.get("/desk/campaigns/new").text


@pytest.mark.both
def test_a_form_that_is_sent_twice_makes_one_campaign(desk, work, staff, one):
    editor = desk(staff[Role.EDITOR])
    for page, filled in (("/desk/campaigns/new", {"title": "讲座", "audience": "members"}), (f"/desk/campaigns/{one}/copy", {})):
        form = basics(editor.form(page), org_id=staff["org"], **filled)
        first, second = editor.post(page, **form), editor.post(page, **form)
        assert (first.status_code, first.location) == (303, second.location)
    with work():
        assert len(db.session().scalars(unscoped(select(Campaign), why="test")).all()) == 3


def test_the_list_is_searched_and_its_filters_checked(desk, staff, one):
    editor = desk(staff[Role.EDITOR])
    assert "2026 职工健康月" in editor.get("/desk/campaigns/?q=健康&tab=draft&since=2026-01-01&until=2026-12-31").text
    assert "没有符合的活动" in editor.get("/desk/campaigns/?q=%25").text
    for query in ("tab=x", "since=x", "until=0000-00-00"):
        assert editor.get(f"/desk/campaigns/?{query}").status_code == 400


def test_exports_and_report_stay_within_the_scope(work, make, campaigns):
    with work():
        ours, theirs = make.org(), make.org()
        campaign = campaigns.create("running", org=ours)
        campaigns.create("running", org=theirs, title="别处的")
        campaigns.create("cancelled", org=ours, title="取消的")
        actor = make.actor(Role.ORG_ADMIN, ours)
        source, figures = reporting.SOURCES
        rows = list(source.rows(actor, ours.path, {}))
        assert {row[1] for row in rows} == {"2026 职工健康月", "取消的"}
        assert len(source.header({})) == len(rows[0])
        assert list(figures.rows(actor, ours.path, {"campaign": str(campaign.id)})) == []
        day = clock.local_day(clock.now())
        assert reporting.held(ours.path, day.replace(day=1), day.replace(month=12)) == 1
        assert reporting.held(ours.path, day.replace(year=2020), day.replace(year=2021)) == 0
        with pytest.raises(services.RuleBroken):
            services.create(ours, Basics(title=" \u200b"), actor=SYSTEM, now=clock.now())


def test_live_figures_show_days_and_orgs_and_never_add_people_to_times(desk, work, staff, one, offered):
    today = clock.local_day(clock.now())
    days, by_org = {today - timedelta(days=away): 10 + away for away in range(3)}, {staff["org"]: 33}
    offered.add("test.quiz", figures=lambda view: [Figure("答题", people=33, times=456, of=50, url="/desk/rows", by_day=days, by_org=by_org)])
    editor, here = desk(staff[Role.EDITOR]), f"/desk/campaigns/{one}"
    assert "还没有可以统计的内容" in editor.get(f"{here}/figures").text
    editor.post(f"{here}/components", kind="test.quiz")
    page = editor.get(f"{here}/figures").text
    assert '<svg class="chart"' in page
    assert f'<time datetime="{today}">' in page
    assert page.count("456") == 1
    assert "489" not in page
    assert "各组织" in page
