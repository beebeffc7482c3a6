"""What is read: the public list, and the desk's figures within one's org, compared and safe in a spreadsheet."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, timedelta
from xml.etree import ElementTree as ET

import pytest
from sqlalchemy import event, select

from unionhall.base import clock, db
from unionhall.desk import charts
from unionhall.hooks.types import SYSTEM, Role
from unionhall.news import demo_views, editing, most_read, periods, publishing
from unionhall.news.content import BylineLine
from unionhall.news.models import Article, State
from unionhall.news.periods import Period
from unionhall.orgs.models import OrgKind
from unionhall.platform.access import unscoped
from unionhall.platform.pagecache.purges import Purge
from unionhall.platform.reads.keeping import first_kept
from unionhall.platform.reads.models import DayViews, MonthViews

KIND = "news.article"
PAGE, FILE = "/desk/news/readership/", "/desk/news/readership.csv"
TODAY = date(2026, 5, 14)
DAY = timedelta(days=1)


def look(session, article_id, views, day=TODAY):
    session.add(DayViews(kind=KIND, object_id=article_id, day=day, views=views))


def article(article_id):
    return db.session().scalars(unscoped(select(Article).where(Article.id == article_id), why="test")).one()


@pytest.fixture
def five(work, make):
    """Five live articles, looked at 10, 20 … 50 times today."""
    with work() as session:
        found = [make.article(state=State.PUBLISHED, content=make.content(f"第{n}篇的标题")) for n in range(1, 6)]
        for at_, made in enumerate(found):
            look(session, made.id, 10 * (at_ + 1))
        return [made.id for made in found]


def refresh(app):
    with app.app_context():
        return most_read.refresh(clock.now())


def listed(page):
    return re.findall(r"第(\d)篇的标题", page.partition('id="h-most-read"')[2].partition("</section>")[0])


@pytest.mark.both
def test_the_list_stands_on_the_home_page_beside_lists_and_articles(app, client, work, five):
    with work():
        url = article(five[4]).url
        section = f"/news/{article(five[4]).section.slug}/"
    assert "大家在看" not in client.get("/").text
    assert refresh(app)
    for path in ("/", "/news/", section):
        assert listed(client.get(path).text) == ["5", "4", "3", "2", "1"], path
    assert listed(client.get(url).text) == ["4", "3", "2", "1"]
    assert 'data-seen="news.article:' in client.get(url).text
    assert "data-seen" not in client.get("/").text


def test_a_list_of_two_is_none(app, client, work, five):
    with work():
        for number in five[:3]:
            publishing.withdraw(article(number), reason="写错了。", actor=SYSTEM, now=clock.now())
    refresh(app)
    assert "大家在看" not in client.get("/").text


@pytest.mark.both
def test_only_a_list_that_is_another_one_drops_pages(app, work, five):
    def purges():
        with work() as session:
            return [row.tags for row in session.scalars(select(Purge).order_by(Purge.n))]

    before = purges()
    assert [refresh(app), refresh(app)] == [True, False]
    with work() as session:
        session.get(DayViews, (KIND, five[4], TODAY)).views += 1000
    assert not refresh(app)
    assert purges() == [*before, '["news:most_read"]']
    with work() as session:
        session.get(DayViews, (KIND, five[0], TODAY)).views += 5000
    assert refresh(app)
    assert len(purges()) == len(before) + 2


def test_a_withdrawn_or_renamed_article_is_gone_from_the_list_before_it_is_ranked_again(app, client, work, make, five):
    refresh(app)
    client.get("/")
    with work():
        publishing.withdraw(article(five[4]), reason="写错了。", actor=SYSTEM, now=clock.now())
        renamed = article(five[3])
        editing.save(renamed, make.content("第9篇的标题"), base_id=renamed.head_id, actor=SYSTEM, now=clock.now())
        publishing.correct(renamed, note="标题更正。", revision_id=renamed.head_id, actor=SYSTEM, now=clock.now())
    assert listed(client.get("/").text) == ["9", "3", "2", "1"]


def test_the_week_moves_on_and_at_most_ten_are_kept(app, work, make, five, at):
    with work() as session:
        for n in range(8):
            look(session, make.article(state=State.PUBLISHED).id, 100 + n, TODAY - 6 * DAY)
    refresh(app)

    def kept():
        with work() as session:
            return list(session.scalars(select(most_read.MostRead.article_id).order_by(most_read.MostRead.position)))

    assert len(kept()) == most_read.KEPT
    assert kept()[-2:] == [five[4], five[3]]
    at("2026-05-15 00:01")
    assert refresh(app)
    assert kept() == five[::-1]
    at("2026-05-21 00:01")
    refresh(app)
    assert kept() == []


def test_pages_with_the_list_ask_no_more_than_pages_without(app, client, work, make, five):
    with work():
        paths = ["/", article(five[0]).url, f"/news/{article(five[0]).section.slug}/"]

    def counted(path):
        seen = []
        with app.app_context():
            engine = db.engine()
        listen = ("before_cursor_execute", lambda *args: seen.append(args[2]))
        event.listen(engine, *listen)
        try:
            client.get(path)
        finally:
            event.remove(engine, *listen)
        return len(seen)

    before = {path: (counted(path), counted(path))[1] for path in paths}
    refresh(app)
    after = {path: (counted(path), counted(path))[1] for path in paths}
    assert after == before


def test_archived_pages_and_previews_carry_no_mark(client, work, make, desk):
    with work():
        archived, live = make.article(state=State.ARCHIVED), make.article(state=State.PUBLISHED)
        editor, path, preview = make.account(Role.EDITOR).id, archived.url, f"/desk/news/{live.id}/preview-link"
    page = client.get(path)
    assert (page.status_code, "data-seen" in page.text) == (200, False)
    link = re.search(r"/news/preview/[\w.-]+", desk(editor).post(preview).text).group()
    shown = client.get(f"{link}/page")
    assert (shown.status_code, "data-seen" in shown.text) == (200, False)


@pytest.fixture
def room(work, make, at):
    """Two districts; one has a shipyard below it, whose correspondent writes; views over a year."""
    at("2026-05-14 09:30")
    with work() as session:
        org, other = make.org(name="东津区总工会"), make.org(name="柳浦区总工会")
        shipyard = make.org(org, OrgKind.ENTERPRISE, "=石桥船厂工会")
        news, craft = make.section(name="要闻"), make.section(name="工匠")
        signed = make.content("=船厂的一天", bylines=(BylineLine("correspondent", ("罗工宣",)),))
        made = {
            "ours": make.article(org, news, state=State.PUBLISHED, content=make.content("区里的消息")),
            "yard": make.article(shipyard, craft, state=State.PUBLISHED, content=signed),
            "theirs": make.article(other, news, state=State.PUBLISHED, content=make.content("别处的消息")),
        }
        for name, days in (("ours", {0: 40, 1: 60, 29: 100, 30: 50, 59: 30, 365: 400}), ("yard", {0: 10, 6: 90, 7: 20, 370: 5}), ("theirs", {0: 999})):
            for ago, views in days.items():
                look(session, made[name].id, views, TODAY - ago * DAY)
        session.add(MonthViews(kind=KIND, object_id=made["ours"].id, month=date(2025, 1, 1), views=700))
        return {
            "editor": make.account(Role.EDITOR, org).id, "chief": make.account(Role.CHIEF_EDITOR).id, "yard": make.account(Role.EDITOR, shipyard).id,
            "articles": {name: item.id for name, item in made.items()}, "neighbour": make.account(Role.EDITOR, other).id,
            **{role.value: make.account(role, org).id for role in (Role.CORRESPONDENT, Role.AUDITOR, Role.ORG_ADMIN, Role.SYSTEM_ADMIN)},
        }


def table(browser, query):
    answer = browser.get(f"{FILE}?{query}")
    assert answer.status_code == 200
    assert answer.data.startswith(b"\xef\xbb\xbf")
    return [tuple(row) for row in csv.reader(io.StringIO(answer.data.decode("utf-8-sig")))]


def stats(page):
    return [tuple(item) for item in re.findall(r'<div class="panel stat">([^<]+)<b>([^<]+)</b>([^<]*)</div>', page)]


def test_doors(desk, room):
    for path in (PAGE, FILE):
        assert {who: desk(room[who]).get(path).status_code for who in ("editor", "chief", "yard")} == {"editor": 200, "chief": 200, "yard": 200}
        refused = ("correspondent", "auditor", "org_admin", "system_admin")
        assert {desk(room[who]).get(path).status_code for who in refused} == {403}
    assert PAGE not in desk(room["auditor"]).get("/desk/").text


@pytest.mark.both
def test_a_period_is_compared_with_the_one_before_and_a_year_ago(desk, room):
    page = desk(room["editor"]).get(PAGE).text
    assert stats(page) == [
        ("浏览次数", "320", "2026 年 4 月 15 日至 5 月 14 日"), ("比前一段时间", "+300%", "2026 年 3 月 16 日至 4 月 14 日 80 次"),
        ("比去年同期", "−21%", "2025 年 4 月 15 日至 5 月 14 日 405 次"), ("通讯员稿占", "38%", "署名有通讯员的稿，120 次"),
    ]
    assert "别处的消息" not in page
    assert re.findall(r"<tr><th scope=\"row\" class=\"cell-title\">.*?>([^<]+)</a>", page) == ["区里的消息", "=船厂的一天"]
    assert "2026 年 4 月 15 日至 5 月 14 日共浏览 320 次，最多的一天是 4 月 15 日，100 次" in page


@pytest.mark.both
def test_each_sees_the_views_of_the_orgs_they_edit_for(desk, room):
    assert table(desk(room["editor"]), "days=7&by=org") == [("组织", "篇数", "浏览次数"), ("'=石桥船厂工会", "1", "100"), ("东津区总工会", "1", "100")]
    assert table(desk(room["yard"]), "days=7&by=org")[1:] == [("'=石桥船厂工会", "1", "100")]
    assert [row[0] for row in table(desk(room["chief"]), "days=7&by=org")[1:]] == ["柳浦区总工会", "'=石桥船厂工会", "东津区总工会"]
    assert table(desk(room["neighbour"]), "days=90&by=section")[1:] == [("要闻", "1", "999")]


def test_the_org_one_works_in_narrows_it(desk, room, work):
    browser = desk(room["chief"])
    with work():
        place = article(room["articles"]["yard"]).org.path
    browser.client.post("/desk/scope", data={"csrf_token": browser.token(), "path": place})
    assert table(browser, "days=90&by=article")[1:] == [
        ("'=船厂的一天", "工匠", "'=石桥船厂工会", "2026-05-14 09:30", "120", _url(work, room, "yard")),
    ]


def _url(work, room, name):
    with work():
        return article(room["articles"][name]).url


def test_the_tables_of_the_file(desk, room, work):
    browser = desk(room["editor"])
    assert table(browser, "days=7&by=day") == [
        ("日期", "浏览次数"), ("2026-05-08", "90"), ("2026-05-09", "0"), ("2026-05-10", "0"), ("2026-05-11", "0"), ("2026-05-12", "0"),
        ("2026-05-13", "60"), ("2026-05-14", "50"),
    ]
    assert table(browser, "days=7&by=section") == [("栏目", "篇数", "浏览次数"), ("工匠", "1", "100"), ("要闻", "1", "100")]
    assert table(browser, "days=7")[0] == ("标题", "栏目", "组织", "发布", "浏览次数", "网址")
    answer = browser.get(f"{FILE}?month=2026-05")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="views-article-2026-05.csv"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert browser.get(f"{FILE}?since=2026-05-01&until=2026-05-02").headers["Content-Disposition"].endswith('"views-article-2026-05-01-2026-05-02.csv"')


def test_old_times_are_told_in_whole_months(desk, room):
    browser = desk(room["editor"])
    assert table(browser, "month=2025-01&by=day")[1:] == [("2025-01-01", "700")]
    assert table(browser, "since=2025-01-15&until=2025-01-20&by=day")[1:] == [("2025-01-01", "700")]
    page = browser.get(f"{PAGE}?since=2025-01-15&until=2026-05-14").text
    assert stats(page)[0] == ("浏览次数", "1,505", "2025 年 1 月 1 日至 2026 年 5 月 14 日")
    assert "每月浏览" in page
    assert stats(page)[1][2] == "那时还没有开始计数"


def test_without_views_the_page_says_when_they_come(desk, room, work):
    page = desk(room["yard"]).get(f"{PAGE}?month=2025-08").text
    assert ("这段时间还没有浏览" in page, "<svg class=\"chart\"" in page) == (True, False)


@pytest.mark.parametrize(("query", "field", "words"), [
    ("since=2026-13-01", "since", "看不懂这个日期：2026-13-01"), ("until=2026-05-01", "since", "请填开始的日期"),
    ("since=2026-05-02&until=2026-05-01", "until", "是不是填反了"), ("since=2026-06-01&until=2026-06-02", "since", "还没有到"),
    ("since=2000-01-01&until=2026-05-01", "since", "最多看 5 年"), ("since=%3Cb%3E&until=2026-05-01", "since", "看不懂这个日期：&lt;b&gt;"),
    ("since=2026-05-01&until=x", "until", "看不懂这个日期：x"),
])  # fmt: skip
def test_days_typed_wrong_are_told_and_stay(desk, room, query, field, words):
    answer = desk(room["editor"]).get(f"{PAGE}?{query}")
    assert answer.status_code == 422
    assert words in answer.text
    typed = dict(part.split("=") for part in query.split("&"))
    assert all(f'value="{value.replace("%3Cb%3E", "&lt;b&gt;")}"' in answer.text for value in typed.values())
    assert re.search(rf'id="{field}"[^>]*aria-invalid="true"', answer.text)
    assert desk(room["editor"]).get(f"{FILE}?{query}").status_code == 400


@pytest.mark.parametrize("query", ["days=8", "days=x", "month=2026-13", "month=2026-06", "month=1999-01", "month=x", "by=person", "days=%C2%B2"])
def test_what_no_link_offers_is_a_bad_request(desk, room, query):
    assert desk(room["editor"]).get(f"{FILE}?{query}").status_code == 400


@pytest.mark.parametrize(("period", "before", "year_ago"), [
    (Period(date(2026, 5, 8), TODAY), ("2026-05-01", "2026-05-07"), ("2025-05-08", "2025-05-14")),
    (Period(date(2026, 5, 1), TODAY, month=True), ("2026-04-01", "2026-04-14"), ("2025-05-01", "2025-05-14")),
    (Period(date(2026, 3, 1), date(2026, 3, 31), month=True), ("2026-02-01", "2026-02-28"), ("2025-03-01", "2025-03-31")),
    (Period(date(2024, 2, 1), date(2024, 2, 29), month=True), ("2024-01-01", "2024-01-31"), ("2023-02-01", "2023-02-28")),
    (Period(date(2025, 2, 1), date(2025, 2, 28), month=True), ("2025-01-01", "2025-01-31"), ("2024-02-01", "2024-02-29")),
    (Period(date(2026, 3, 1), date(2026, 3, 30), month=True), ("2026-02-01", "2026-02-28"), ("2025-03-01", "2025-03-30")),
    (Period(date(2024, 2, 29), date(2024, 2, 29)), ("2024-02-28", "2024-02-28"), ("2023-02-28", "2023-02-28")),
])  # fmt: skip
def test_what_a_period_is_compared_with(period, before, year_ago):
    assert (str(period.before.start), str(period.before.end)) == before
    assert (str(period.year_ago.start), str(period.year_ago.end)) == year_ago


def test_a_quarter_can_be_compared_with_the_same_days_a_year_ago():
    for day in (TODAY + n * DAY for n in range(800)):
        longest = Period(day - (max(periods.ROLLING) - 1) * DAY, day)
        assert longest.year_ago.widened(first_kept(day)) == longest.year_ago


def test_an_articles_page_shows_its_views(desk, room, work, make):
    page = desk(room["editor"]).get(f"/desk/news/{room['articles']['ours']}/edit").text
    assert "近 30 天 200 次" in page
    assert "<strong>1,380</strong>" in page
    assert "近 30 天浏览 200 次，最多的一天 100 次" in page
    with work():
        draft = make.article(article(room["articles"]["ours"]).org).id
    assert "浏览次数" not in desk(room["editor"]).get(f"/desk/news/{draft}/edit").text
    assert desk(room["neighbour"]).get(f"/desk/news/{room['articles']['ours']}/edit").status_code == 404


def test_the_dashboard_has_the_week(desk, room):
    page = desk(room["editor"]).get("/desk/").text
    card = page.partition('id="h-views"')[2].partition("</section>")[0]
    for part in ("<strong>200 次</strong>", "前 7 天 20 次", "区里的消息", "=船厂的一天", 'role="img"'):
        assert part in card, part
    assert "别处的消息" not in card
    assert 'id="h-views"' not in desk(room["auditor"]).get("/desk/").text


def test_the_number_of_queries_does_not_grow(desk, app, work, make, room):
    browser = desk(room["editor"])

    def counted():
        seen = []
        with app.app_context():
            engine = db.engine()
        listen = ("before_cursor_execute", lambda *args: seen.append(args[2]))
        event.listen(engine, *listen)
        try:
            assert browser.get(PAGE).status_code == 200
        finally:
            event.remove(engine, *listen)
        return len(seen)

    first = min(counted(), counted())
    with work() as session:
        org = article(room["articles"]["ours"]).org
        for n in range(6):
            look(session, make.article(org, make.section(), state=State.PUBLISHED).id, n + 1)
    assert min(counted(), counted()) == first


@pytest.mark.parametrize("values", [[], [("5-1", 0)], [("5-1", 3), ("5-2", 0)], [(f"{n}-{n}", n * 97 % 1000) for n in range(90)]])
def test_a_line_is_whole_and_says_what_it_shows(values):
    drawn = ET.fromstring(str(charts.line(values, label="近几天 <浏览>")))
    assert (drawn.get("role"), drawn.get("aria-label")) == ("img", "近几天 <浏览>")
    points = re.findall(r"([\d.]+) ([\d.]+)", next(path.get("d") for path in drawn.iter("path") if path.get("class") == "line"))
    assert len(points) == len(values)
    assert all(charts.LEFT <= float(x) <= charts.WIDTH and charts.TOP <= float(y) <= charts.BOTTOM for x, y in points)
    assert sum(text.get("class") == "value" for text in drawn.iter("text")) == any(number for _name, number in values)
    small = ET.fromstring(str(charts.spark([number for _name, number in values], label="x")))
    assert small.get("role") == "img"


def test_the_demo_is_read(app, work):
    with work() as session:
        rows = list(demo_views._rows([(1, clock.now() - timedelta(days=50), None, None), (2, clock.now() - timedelta(days=9), clock.now(), None),
                                      (3, clock.now() - timedelta(days=30), None, clock.now() - timedelta(days=20))], clock.local(clock.now())))
        again = list(demo_views._rows([(1, clock.now() - timedelta(days=50), None, None)], clock.local(clock.now())))
        session.execute(DayViews.__table__.insert(), rows)
    assert [row for row in rows if row["object_id"] == 1] == again
    days = {number: [row["day"] for row in rows if row["object_id"] == number] for number in (1, 2, 3)}
    assert min(days[2]) == TODAY - 9 * DAY
    assert max(days[3]) <= TODAY - 20 * DAY
    assert len(days[1]) > 30
