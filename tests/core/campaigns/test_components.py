"""Components: added, set, ordered, hidden, removed, copied; frozen settings; kinds that fail or are missing; the core's kinds."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from markupsafe import Markup

from unionhall.base import clock, db
from unionhall.base.errors import Conflict, NotFound, RuleBroken
from unionhall.campaigns import components, copying, counting, shown
from unionhall.campaigns import offered as kinds
from unionhall.campaigns.kinds import video
from unionhall.campaigns.models import Component, Counts
from unionhall.hooks.components import Figure
from unionhall.hooks.types import SYSTEM
from unionhall.media import uses
from unionhall.news.models import State as Article
from unionhall.orgs.models import OrgKind


def add(campaign, kind="campaigns.text", **given):
    return components.add(campaign, kind, actor=SYSTEM, now=clock.now(), **given)


def titles(campaign):
    return [item.title for item in campaign.components]


def html(campaign, **given):
    return "".join(str(part.body) for part in shown.parts(campaign, clock.now(), **given))


@pytest.mark.both
def test_order_is_kept_and_a_stale_one_refused(work, campaigns):
    with work():
        campaign = campaigns.create(text="")
        first, second, third = (add(campaign, title=name) for name in "甲乙丙")
        components.move(campaign, third, -1, actor=SYSTEM, now=clock.now())
        components.move(campaign, first, -1, actor=SYSTEM, now=clock.now())
        assert titles(campaign) == ["甲", "丙", "乙"]
        components.order(campaign, [second.id, third.id, first.id], actor=SYSTEM, now=clock.now())
        assert titles(campaign) == ["乙", "丙", "甲"]
        with pytest.raises(Conflict):
            components.order(campaign, [second.id, third.id], actor=SYSTEM, now=clock.now())
        components.hide(campaign, second, hidden=True, actor=SYSTEM, now=clock.now())
        components.remove(campaign, third, actor=SYSTEM, now=clock.now())
        assert titles(campaign) == ["乙", "甲"]
        assert [part.title for part in shown.parts(campaign, clock.now())] == []


def test_a_hundred_components_and_no_more(work, campaigns):
    with work():
        campaign = campaigns.create(text="")
        assert shown.parts(campaign, clock.now()) == []
        for number in range(components.MOST):
            add(campaign, title=f"第{number}块", config={"body": "<p>正文</p>"})
        assert len(shown.parts(campaign, clock.now())) == 100
        with pytest.raises(RuleBroken, match="最多 100 块"):
            add(campaign)


def test_a_kind_that_may_stand_once(work, campaigns, offered):
    offered.add("test.once", once=True)
    with work():
        campaign = campaigns.create()
        add(campaign, "test.once")
        with pytest.raises(RuleBroken, match="只能有一块"):
            add(campaign, "test.once")
        with pytest.raises(NotFound):
            add(campaign, "test.nothing")


def test_types_hear_of_adding_copying_and_removing(work, campaigns, offered):
    def removed(view, actor, now):
        raise RuleBroken("已有人报名，不能移除。")

    offered.add(
        "test.sheet", added=lambda view, actor, now: {"sheet": view.id}, removed=removed,
        copied=lambda old, new, actor, now: {"sheet": new.id, "places": old.config["places"]},
    )  # fmt: skip
    with work():
        campaign = campaigns.create()
        sheet = add(campaign, "test.sheet", title="报名", config={"places": 30})
        assert sheet.config == {"sheet": sheet.id}
        components.configure(campaign, sheet, title="报名", config={"places": 30}, hidden=False, version=1, actor=SYSTEM, now=clock.now())
        assert sheet.config == {"sheet": sheet.id, "places": 30}  # what its form does not show stays
        with pytest.raises(RuleBroken, match="已有人报名"):
            components.remove(campaign, sheet, actor=SYSTEM, now=clock.now())
        made = copying.copy(campaign, campaign.org, title="明年的", starts_at=None, actor=SYSTEM, now=clock.now())
        assert made.components[-1].config == {"sheet": made.components[-1].id, "places": 30}


@pytest.mark.both
def test_a_copy_shifts_the_dates_and_leaves_people_behind(work, campaigns, offered):
    offered.add("test.sheet", figures=lambda view: [Figure("报名", people=7)])
    with work():
        campaign = campaigns.create(text="<p>规则</p>", starts_at=clock.from_local(date_time(2026, 5, 20)), ends_at=clock.from_local(date_time(2026, 6, 20)))
        add(campaign, "test.sheet", title="报名")
        components.configure(campaign, campaign.components[-1], title="报名", config={}, hidden=False, counts="people", version=1, actor=SYSTEM,
                             now=clock.now())
        for action in ("submit", "approve", "start", "end"):
            campaigns.move(campaign, action)
        assert campaign.reached == 7
        starts = copying.a_year_later(campaign.starts_at)
        made = copying.copy(campaign, campaign.org, title=copying.next_title(campaign.title), starts_at=starts, actor=SYSTEM, now=clock.now())
        assert (made.title, made.state, made.reached, made.result) == ("2027 职工健康月", "draft", None, "")
        assert made.ends_at - made.starts_at == campaign.ends_at - campaign.starts_at
        assert made.starts_at.year == campaign.starts_at.year + 1
        assert titles(made) == titles(campaign)
        assert made.components[-1].counts == Counts.PEOPLE
        assert made.slug != campaign.slug
        assert counting.kept(made.id) == []


def date_time(*parts):
    from datetime import datetime

    return datetime(*parts)  # noqa: DTZ001 - Shanghai, said by from_local


def test_a_leap_day_is_copied_to_the_28th():
    moment = clock.from_local(date_time(2028, 2, 29, 9))
    assert clock.local(copying.a_year_later(moment)).date() == date(2029, 2, 28)
    assert copying.next_title("12026 号") == "12026 号"


def test_what_is_frozen_cannot_change_once_it_ran(work, campaigns, offered):
    offered.add("test.some", frozen=("quota",))
    offered.add("test.all", frozen=True)
    with work():
        campaign = campaigns.create()
        some, every = add(campaign, "test.some", config={"quota": 5}), add(campaign, "test.all", config={"a": 1})

        def configure(component, **config):
            components.configure(campaign, component, title="名", config=config, hidden=False, version=component.version, actor=SYSTEM,
                                 now=clock.now())

        configure(some, quota=6, note="")
        for action in ("submit", "approve", "start"):
            campaigns.move(campaign, action)
        configure(some, quota=6, note="改得了")
        with pytest.raises(RuleBroken, match="不能再改") as refused:
            configure(some, quota=7)
        assert refused.value.field == "quota"
        configure(every, a=1)
        with pytest.raises(RuleBroken):
            configure(every, a=1, b=2)


@pytest.mark.both
def test_only_one_component_counts_toward_the_goal(work, campaigns, offered):
    offered.add("test.a", figures=lambda view: [Figure("人", people=3, times=9)])
    with work():
        campaign = campaigns.create("draft", goal_number=100)
        first, second = add(campaign, "test.a", title="一"), add(campaign, "test.a", title="二")
        for component, counts in ((first, "people"), (second, "times")):
            components.configure(campaign, component, title="", config={}, hidden=False, counts=counts, version=component.version, actor=SYSTEM,
                                 now=clock.now())
        db.session().expire_all()
        assert [item.counts for item in campaign.components] == ["", "", "times"]
        assert counting.toward_goal(counting.live(campaign)) == 9


def test_a_failing_or_missing_kind_shows_nothing_to_readers_and_a_word_to_editors(work, campaigns, offered):
    def boom(view, now):
        raise RuntimeError("boom")

    offered.add("test.boom", render=boom, figures=lambda view: 1 / 0, lacks=lambda view: 1 / 0, setup_url=lambda view: 1 / 0)
    with work():
        campaign = campaigns.create()
        bad = add(campaign, "test.boom", title="坏的")
        gone = Component(campaign_id=campaign.id, position=9, kind="live.market", title="直播")
        db.session().add(gone)
        db.session().flush()
        db.session().expire(campaign)
        assert [part.title for part in shown.parts(campaign, clock.now())] == ["怎么参加"]
        told = {part.title: part.problem for part in shown.parts(campaign, clock.now(), preview=True)}
        assert "出错" in told["坏的"]
        assert "没有启用" in told["直播"]
        assert (kinds.figures(campaign, bad), kinds.setup_url(campaign, bad)) == ([], "")
        with pytest.raises(RuleBroken, match="没有启用"):
            campaigns.move(campaign, "submit")
        components.hide(campaign, gone, hidden=True, actor=SYSTEM, now=clock.now())
        made = copying.copy(campaign, campaign.org, title="抄一份", starts_at=None, actor=SYSTEM, now=clock.now())
        assert made.components[-1].hidden


def test_failing_sql_of_a_kind_does_not_end_the_unit_of_work(work, campaigns, offered):
    offered.add("test.sql", lacks=lambda view: db.session().execute(db_text()).all())
    with work():
        campaign = campaigns.create()
        add(campaign, "test.sql", title="坏查询")
        with pytest.raises(RuleBroken, match="检查时出错"):
            campaigns.move(campaign, "submit")
        assert campaign.title


def db_text():
    from sqlalchemy import text

    return text("select * from no_such_table")


def test_hostile_text_is_cleaned_and_escaped(work, campaigns):
    with work():
        evil = '<script>alert(1)</script><img src=x onerror=alert(1)><p style="x">好</p><a href="javascript:alert(1)">点</a>'
        campaign = campaigns.create(title='"><script>alert(1)</script>', text=evil)
        found = html(campaign)
        assert "script" not in found
        assert "onerror" not in found
        assert "好" in found
        assert campaign.slug.isascii()


def test_news_by_tag_section_org_and_number(work, make, campaigns):
    with work():
        article = make.article(state=Article.PUBLISHED, content=make.content("健康跑开跑", tags=("健康月",)))
        draft = make.article(content=make.content("还没发"))
        campaign = campaigns.create(text="")
        news = add(campaign, "campaigns.news", title="报道")
        for config in (
            {"source": "tag", "tag": "健康月"}, {"source": "section", "section": article.section.slug}, {"source": "org"},
            {"source": "chosen", "chosen": f"{article.number}、{draft.number}"},
        ):  # fmt: skip
            news.config = config
            db.session().flush()
            assert "健康跑开跑" in html(campaign), config
            assert "还没发" not in html(campaign)
        for config in ({"source": "tag", "tag": "没有"}, {"source": "section", "section": "没有"}, {"source": "chosen", "chosen": "x"}):
            news.config = config
            db.session().flush()
            assert shown.parts(campaign, clock.now()) == []


def test_pictures_keep_their_order_and_lost_ones_are_left_out(work, make, campaigns):
    with work():
        first, second = make.picture(alt="甲"), make.picture(alt="乙")
        campaign = campaigns.create(text="")
        gallery = add(campaign, "campaigns.gallery", config={"pictures": [second.id, first.id]})
        assert uses.numbers([first.id, second.id]) == {first.id: 1, second.id: 1}
        with pytest.raises(Conflict, match="刚刚被删除"):
            add(campaign, "campaigns.gallery", config={"pictures": [99999]})
        gallery.config = {"pictures": [second.id, 99999, first.id, "x"]}
        db.session().flush()
        found = html(campaign)
        assert found.index("乙") < found.index("甲")


@pytest.mark.parametrize(
    ("url", "plays"),
    [("/media/ab/film.mp4", "video/mp4"), ("/media/x.webm?x=1", "video/webm"), ("https://video.example.cn/a.mp4", ""), ("//evil.cn/a.mp4", ""),
     ("/page", "")],
)  # fmt: skip
def test_films_play_only_from_here(app, url, plays):
    with app.app_context():
        assert video.playable(url) == plays


def fresh(campaign):
    campaign.state = "running"
    return campaign


def test_countdown_to_the_end_and_after(work, campaigns, at):
    with work():
        campaign = campaigns.create("running", text="<p>x</p>")
        add(campaign, "campaigns.countdown", title="还有", config={"to": "end", "after": "报名已经截止"})
        assert "<b data-days>33</b>" in html(campaign)
        campaign.state = "ended"
        assert "报名已经截止" in html(campaign)
        own = add(fresh(campaign), "campaigns.countdown", config={"to": "own", "at": (clock.now() - timedelta(days=1)).isoformat(), "after": "<过了>"})
        assert "&lt;过了&gt;" in html(campaign)
        own.config = {"to": "own"}
        db.session().flush()
        assert "过了" not in html(campaign)


def test_counters_and_results_keep_people_and_times_apart(work, make, campaigns, offered):
    with work():
        near, far = make.org(kind=OrgKind.CITY, name="东津总工会"), make.org(kind=OrgKind.CITY, name="河埠总工会")
        by_org = {near.id: 120, far.id: 3}
        offered.add("test.quiz", figures=lambda view: [Figure("答题", people=123, times=456, by_org=by_org), Figure("抽中", times=8)])
        campaign = campaigns.create(text="")
        add(campaign, "test.quiz", title="每日一答")
        for by in ("item", "org", "day"):
            add(campaign, "campaigns.results", title=by, config={"by": by})
        add(campaign, "campaigns.counter", config={"source": "figure", "figure": "每日一答 · 答题", "unit": "times", "label": "人次已答"})
        add(campaign, "campaigns.counter", config={"source": "typed", "number": 61420, "label": "杯凉茶", "origin": "后勤部台账", "on": "2026-05-13"})
        counting.count(campaign, clock.now())
        parts = {part.title or str(place): str(part.body) for place, part in enumerate(shown.parts(campaign, clock.now()))}
        assert "123" in parts["item"]
        assert "456" in parts["item"]
        assert "东津总工会" in parts["org"]
        assert "少于 5" in parts["org"]
        assert ">3<" not in parts["org"]
        assert "2026-05-14" in parts["day"]
        every = html(campaign)
        assert "人次已答" in every
        assert "61,420" in every
        assert "后勤部台账" in every


def test_a_day_is_counted_once_however_often_one_looks(app, work, campaigns, offered, at):
    number = [10]
    offered.add("test.quiz", figures=lambda view: [Figure("答题", people=number[0])])
    with work():
        campaign = campaigns.create()
        add(campaign, "test.quiz", title="每日一答")
        for action in ("submit", "approve", "start"):
            campaigns.move(campaign, action)
        campaign_id = campaign.id
    with app.app_context():
        for text, people in (("2026-05-14 10:00", 10), ("2026-05-14 23:59", 14), ("2026-05-15 00:05", 20)):
            number[0] = people
            assert counting.run(at(text)) == 1
    with work():
        from unionhall.campaigns.queries import daily

        assert [(str(row.day), row.people) for row in daily(campaign_id)] == [("2026-05-15", 20), ("2026-05-14", 14)]


def test_a_rail_kind_stands_beside(work, campaigns, offered):
    offered.add("test.rail", place="rail", render=lambda view, now: Markup("<form></form>"))
    with work():
        campaign = campaigns.create()
        add(campaign, "test.rail", title="报名")
        assert [part.rail for part in shown.parts(campaign, clock.now())] == [False, True]
