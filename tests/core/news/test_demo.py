"""The demo's newsroom: every story takes its way, by the people that it names, and is fit to be shown."""

from __future__ import annotations

from sqlalchemy import func, select

from unionhall.accounts.models import Account
from unionhall.base import clock, db, richtext
from unionhall.media.models import Asset
from unionhall.news import demo, desk_queries, figures, publishing, queries
from unionhall.news.models import Article, Section, State, Transition
from unionhall.platform import audit
from unionhall.platform.access import SYSTEM, unscoped
from unionhall.setup import load_demo


def everything():
    return list(db.session().scalars(unscoped(select(Article).order_by(Article.id), why="test")))


def test_the_demo_is_whole(loaded, work):
    with work():
        articles, written = everything(), {row["headline"]: row for row in demo.stories()}
        assert {article.head.headline: article.state for article in articles} == {name: row["state"] for name, row in written.items()}
        assert db.session().scalar(unscoped(select(func.count()).select_from(Asset), why="test")) == 13
        assert [section.slug for section in queries.sections()][:2] == ["yaowen", "jiceng"]
        assert [len(section.steps) for section in db.session().scalars(select(Section).order_by(Section.position))][:2] == [3, 1]
        for article in articles:
            steps = desk_queries.transitions(article)
            times = [article.created_at, *(step.at for step in steps)]
            assert times == sorted(times), article.head.headline
            assert times[-1] <= loaded
            passed = [step.account_id for step in steps if step.action == "pass" and step.round == article.round]
            assert len({*passed, article.author_id}) == len(passed) + 1, article.head.headline
            assert "data-photo" not in article.head.body
            assert len(richtext.figures(article.head.body)) == written[article.head.headline]["body"].count("<figure ")
            if article.is_live:
                assert publishing.problems(article) == [], article.head.headline
        assert audit.verify().bad is None
        assert queries.front(loaded, [], top=1, each=1, orgs=1).lead.headline.startswith("老师傅的绝活")
        assert any(story.pinned for story in queries.latest(loaded, limit=80, section_id=articles[-1].section_id)) or any(
            article.pinned_until for article in articles
        )


def test_the_figures_look_alive(loaded, work):
    with work():
        assert sum(count > 0 for _day, count in figures.published_per_day(SYSTEM, days=14, now=loaded)) >= 8
        start = clock.local(loaded).replace(day=1, hour=0, minute=0)
        rows = figures.tally(SYSTEM, start=start, end=loaded, by="author")
        assert len(rows) >= 6
        assert any(row.lead for row in rows)
        corrected = [article for article in everything() if article.state == State.CORRECTED]
        assert len(corrected) == 2
        for article in corrected:
            assert "装配一车间" not in article.live.body
            assert "三十一秒" not in article.live.summary
            first = desk_queries.revision(article, 1)
            assert first.body != article.live.body or first.summary != article.live.summary


def test_a_second_load_adds_nothing(loaded, app, work):
    def count():
        with work() as session:
            return session.scalar(select(func.count()).select_from(Transition))

    before = count()
    with app.app_context():
        load_demo()
    assert count() == before > 200


def test_editors_of_the_demo_have_something_to_do(loaded, work, desk):
    with work():
        ids = {row.login: row.id for row in db.session().execute(unscoped(select(Account.login, Account.id), why="test"))}
    page = desk(ids["editor"]).get("/desk/").text
    assert "一支焊枪传三代" in page
    assert "超时 2 小时" in page
    assert "退回给我<b>1</b>" in page
    assert "退回给我<b>1</b>" in desk(ids["correspondent"]).get("/desk/").text
    assert desk(ids["neighbour"]).get("/desk/news/review/").status_code == 200
