"""The dashboard's cards: what each person has a use for, within their org."""

from __future__ import annotations

import re
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest
from sqlalchemy import event, select

from unionhall.accounts.models import Account
from unionhall.base import clock, db
from unionhall.desk import charts
from unionhall.hooks.types import SYSTEM, Role
from unionhall.host.registry import host
from unionhall.news import publishing, review
from unionhall.news.models import State
from unionhall.orgs.models import Org
from unionhall.platform import jobs
from unionhall.platform.access import unscoped
from unionhall.testing.factories import actor_of


def account(account_id):
    return db.session().scalar(unscoped(select(Account).where(Account.id == account_id), why="test"))


@pytest.fixture
def room(work, make):
    """A district with an editor and a correspondent; an editor and an article elsewhere."""
    with work():
        org, other = make.org(name="东津区总工会"), make.org(name="柳浦区总工会")
        make.article(other, state=State.SUBMITTED, content=make.content("别处的稿"))
        make.article(other, state=State.PUBLISHED)
        return {
            "org": org.id, "editor": make.account(Role.EDITOR, org, name="顾言").id, "admin": make.account(Role.SYSTEM_ADMIN).id,
            "writer": make.account(Role.CORRESPONDENT, org, name="沈一禾").id, "auditor": make.account(Role.AUDITOR, org).id,
        }


def article(make, room, state, headline):
    return make.article(db.session().get(Org, room["org"]), author=account(room["writer"]), state=state, content=make.content(headline))


def stats(page):
    return re.findall(r'class="panel stat[^"]*" href="[^"]*">([^<]+)<b>([\d,]+)</b>([^<]*)</a>', page)


def test_an_editor_sees_what_waits(desk, app, work, make, room):
    with work():
        article(make, room, State.SUBMITTED, "新送审").submitted_at = clock.now() - timedelta(hours=26)
        article(make, room, State.SUBMITTED, "刚送审")
        article(make, room, State.SCHEDULED, "等着发")
        old = article(make, room, State.PUBLISHED, "去年发的")
        old.published_at = clock.now() - timedelta(days=365)
        article(make, room, State.PUBLISHED, "刚发的")
    with app.app_context():
        jobs.run_now(next(job for _found, job in host().gather("unionhall_jobs") if job.name == "news.due"), clock.now())
    page = desk(room["editor"]).get("/desk/").text
    assert stats(page) == [
        ("等我审", "2", "其中 1 篇超时"), ("待发布", "1", "最近一篇 10:30"), ("退回给我", "0", "没有退回的稿件"), ("本月已发", "1", "去年同月 1"),
    ]
    for part in ("新送审", "超时 2 小时", "等着发", "近 14 天发布", "看数据表", "本月来稿与采用", "定时任务正常，上次运行 今天 09:30", "最近动态", "刚发的"):
        assert part in page, part
    assert "别处的稿" not in page


def test_a_correspondent_sees_where_theirs_stand(desk, work, make, room):
    with work():
        returned = article(make, room, State.SUBMITTED, "要改的稿")
        review.give_back(returned, reason="补来源。", actor=actor_of(account(room["editor"]), clock.now()), now=clock.now())
        article(make, room, State.SUBMITTED, "在审的稿")
        make.article(db.session().get(Org, room["org"]), content=make.content("同事的稿"))
        edit = f"/desk/news/{returned.id}/edit"
    page = desk(room["writer"]).get("/desk/").text
    assert stats(page) == [("待发布", "0", "没有定时的稿件"), ("退回给我", "1", "顾言 · 09:30"), ("本月已发", "0", "去年同月 0")]
    assert f'href="{edit}"' in page
    assert "我的稿件" in page
    assert "在审的稿" in page
    assert "同事的稿" not in page
    assert "来稿与采用" not in page


def test_who_has_no_part_in_the_news_sees_none_of_it(desk, room):
    page = desk(room["admin"]).get("/desk/").text
    assert stats(page) == []
    assert "最近动态" not in page
    auditor = desk(room["auditor"]).get("/desk/").text
    assert [item[0] for item in stats(auditor)] == ["待发布", "本月已发", "本月新会员"]


def test_the_menu_leads_where_one_may_go(desk, room):
    def menu(who):
        return re.findall(r'<li><a href="(/desk/news/[^"]*)"', desk(room[who]).get("/desk/").text)

    assert menu("editor") == ["/desk/news/", "/desk/news/review/", "/desk/news/tally", "/desk/news/readership/", "/desk/news/import"]
    assert menu("writer") == ["/desk/news/"]
    assert menu("auditor") == ["/desk/news/", "/desk/news/tally"]
    assert menu("admin") == ["/desk/news/sections/"]


def test_only_one_entry_of_the_menu_is_current(desk, room):
    browser = desk(room["editor"])
    for path in ("/desk/", "/desk/news/", "/desk/news/review/", "/desk/news/tally", "/desk/news/readership/", "/desk/news/import"):
        found = re.findall(r'<a href="([^"]+)" aria-current="page"', browser.get(path).text.split("</nav>")[0])
        assert found == [path], path


def test_the_number_of_queries_does_not_grow(desk, app, work, make, room):
    browser = desk(room["editor"])

    def counted():
        seen = []
        with app.app_context():
            engine = db.engine()
        listen = ("before_cursor_execute", lambda *args: seen.append(args[2]))
        event.listen(engine, *listen)
        try:
            assert browser.get("/desk/").status_code == 200
        finally:
            event.remove(engine, *listen)
        return len(seen)

    with work():
        for state in (State.SUBMITTED, State.SCHEDULED, State.PUBLISHED):
            article(make, room, state, "一篇")
    first = min(counted(), counted())
    with work():
        for state in (State.SUBMITTED, State.SCHEDULED, State.PUBLISHED) * 3:
            article(make, room, state, "又一篇")
    assert min(counted(), counted()) == first


def test_what_failed_is_told(desk, work, room):
    with work() as session:
        session.add(jobs.JobState(name="news.due", due_at=clock.now(), last_run=clock.now(), last_error="x"))
    assert "定时任务上次运行出错" in desk(room["editor"]).get("/desk/").text


def test_a_scheduled_article_that_could_not_be_published_says_so_in_its_history(desk, app, work, make, room, at):
    with work():
        held = article(make, room, State.SCHEDULED, "缺了正文")
        held.head.body = ""
        held_id = held.id
    now = at("2026-05-14 11:00")
    with app.app_context():
        assert publishing.run_due(now) == 0
        db.session().remove()
    assert "还不能发布：正文还是空的。" in desk(room["editor"]).get(f"/desk/news/{held_id}/publish").text


@pytest.mark.parametrize("values", [[], [("1 日", 0)], [("1 日", 3), ("2 日", 0)], [(f"{n} 日", n * 97) for n in range(1, 32)]])
def test_a_chart_is_whole_and_says_what_it_shows(values):
    drawn = ET.fromstring(str(charts.bars(values, label="近几天 <发布>")))
    assert (drawn.get("role"), drawn.get("aria-label")) == ("img", "近几天 <发布>")
    bars = list(drawn.iter("rect"))
    assert len(bars) == sum(number > 0 for _name, number in values)
    assert all(float(rect.get("y")) >= charts.TOP and float(rect.get("y")) + float(rect.get("height")) == charts.BOTTOM for rect in bars)
    assert sum(text.get("class") == "value" for text in drawn.iter("text")) == (1 if bars else 0)


def test_the_systems_own_steps_are_named(desk, app, work, make, room, at):
    with work():
        article(make, room, State.SCHEDULED, "到点发")
        assert SYSTEM.account_id is None
    with app.app_context():
        publishing.run_due(at("2026-05-14 10:30"))
        db.session().remove()
    assert "系统 · 发布" in desk(room["editor"]).get("/desk/").text
