"""Publishing: only what is whole, at its minute, once; corrections and withdrawals say why."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select

from unionhall.base import clock, db
from unionhall.base.errors import Conflict, NotAllowed, RuleBroken
from unionhall.hooks.types import SYSTEM, Role
from unionhall.news import desk_queries, editing, opened, publishing
from unionhall.news.models import Article, State
from unionhall.platform import access
from unionhall.platform.outbox import OutboxMessage


def find(article_id):
    return db.session().scalar(access.unscoped(select(Article).where(Article.id == article_id), why="test"))


FIGURE = '<figure class="figure"><img src="/media/ab/ab.jpg" alt="图"><figcaption>{}</figcaption></figure>'


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"body": " "}, "正文还是空的"), ({"bylines": ()}, "还没有署名"), ({"cover": True}, "题图还缺说明"),
        ({"cover": True, "cover_caption": "车间", "cover_credit": "周牧"}, "替代文字"),
        ({"body": "<p>好</p>" + FIGURE.format("车间")}, "正文第 1 张图还缺"),
    ],
)
def test_what_must_be_mended_is_said_before_publishing(work, make, changes, problem):
    with work():
        if changes.pop("cover", False):
            changes["cover_id"] = make.picture().id
        article = make.article(content=replace(make.content(), **changes), state=State.APPROVED)
        assert problem in "".join(publishing.problems(article))
        with pytest.raises(RuleBroken) as refused:
            publishing.publish(article, actor=SYSTEM, now=clock.now())
        assert refused.value.field == "problems"
        with pytest.raises(RuleBroken):
            publishing.schedule(article, publish_at=clock.now() + timedelta(hours=1), actor=SYSTEM, now=clock.now())


def test_a_correction_shows_the_new_text_with_its_note_and_keeps_the_date(work, make, at):
    with work():
        article = make.article(content=make.content("装配一车间"), state=State.PUBLISHED)
        first, live = article.published_at, article.live_id
        editing.save(article, make.content("装配二车间"), base_id=article.head_id, actor=SYSTEM, now=clock.now())
        assert article.live.headline == "装配一车间"
        now = at("2026-05-14 10:00")
        for note, problem in (("", "写明"), ("  ", "写明")):
            with pytest.raises(RuleBroken, match=problem):
                publishing.correct(article, note=note, revision_id=article.head_id, actor=SYSTEM, now=now)
        with pytest.raises(Conflict):
            publishing.correct(article, note="改。", revision_id=live, actor=SYSTEM, now=now)
        publishing.correct(article, note="首段车间有误。", revision_id=article.head_id, actor=SYSTEM, now=now)
        assert (article.state, article.live.headline, article.published_at) == ("corrected", "装配二车间", first)
        assert (article.correction, article.corrected_at) == ("首段车间有误。", now)
        assert opened.corrections(opened.public_article(article.slug)) == [(now, "首段车间有误。")]
        with pytest.raises(RuleBroken, match="一样"):
            publishing.correct(article, note="再改。", revision_id=article.head_id, actor=SYSTEM, now=now)


def test_a_moment_in_the_past_or_a_wrong_order_is_refused(work, make):
    with work():
        article, now = make.article(state=State.APPROVED), clock.now()
        with pytest.raises(RuleBroken) as refused:
            publishing.schedule(article, publish_at=now, actor=SYSTEM, now=now)
        assert refused.value.field == "publish_at"
        hour = timedelta(hours=1)
        with pytest.raises(RuleBroken) as refused:
            publishing.schedule(article, publish_at=now + 2 * hour, expires_at=now + hour, actor=SYSTEM, now=now)
        assert refused.value.field == "expires_at"
        with pytest.raises(RuleBroken) as refused:
            publishing.publish(article, expires_at=now, actor=SYSTEM, now=now)
        assert refused.value.field == "expires_at"


@pytest.mark.both
def test_what_is_due_is_published_once_by_two_workers(app, work, make, at):
    with work():
        article_id = make.article(state=State.SCHEDULED).id
    now = at("2026-05-14 10:30")
    gate = Barrier(2)

    def run(_):
        with app.app_context():
            gate.wait()
            try:
                return publishing.run_due(now)
            finally:
                db.session().remove()

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(run, range(2))) == 1
    with work():
        article = find(article_id)
        assert (article.state, article.published_at) == ("published", now)
        assert [item.action for item in desk_queries.transitions(article)].count("publish") == 1
        told = select(func.count()).select_from(OutboxMessage).where(OutboxMessage.topic == "event")
        told = told.where(OutboxMessage.payload["name"].as_string() == "news.published")
        assert db.session().scalar(told) == 1


@pytest.mark.both
def test_an_article_is_taken_down_at_its_minute_and_not_before(app, work, make, at):
    with work():
        article = make.article(state=State.APPROVED)
        article_id, ends = article.id, clock.now() + timedelta(hours=3)
        publishing.publish(article, expires_at=ends, actor=SYSTEM, now=clock.now())
    with app.app_context():
        assert publishing.run_due(ends - timedelta(seconds=1)) == 0
        assert publishing.run_due(ends) == 1
        assert publishing.run_due(ends) == 0
    with work():
        assert find(article_id).state == "archived"


def test_what_cannot_be_published_at_its_minute_goes_back_and_holds_nothing_up(app, work, make, at):
    with work():
        bad, good = make.article(state=State.SCHEDULED), make.article(state=State.SCHEDULED)
        bad.head.body = ""
        bad_id, good_id = bad.id, good.id
    with app.app_context():
        assert publishing.run_due(at("2026-05-14 11:00")) == 1
    with work():
        assert (find(bad_id).state, find(good_id).state) == ("approved", "published")
        assert "正文还是空的" in desk_queries.transitions(find(bad_id))[-1].note


def test_a_window_that_passed_while_nobody_worked_is_not_opened(app, work, make, at):
    with work():
        article = make.article(state=State.APPROVED)
        start = clock.now() + timedelta(hours=1)
        publishing.schedule(article, publish_at=start, expires_at=start + timedelta(hours=1), actor=SYSTEM, now=clock.now())
        article_id = article.id
    with app.app_context():
        assert publishing.run_due(at("2026-05-15 09:30")) == 0
    with work():
        assert (find(article_id).state, find(article_id).published_at) == ("approved", None)


def test_taking_back_a_schedule_forgets_both_ends(work, make):
    with work():
        article, now = make.article(state=State.APPROVED), clock.now()
        later = now + timedelta(hours=1)
        publishing.schedule(article, publish_at=later, expires_at=later + timedelta(hours=1), actor=SYSTEM, now=now)
        publishing.unschedule(article, actor=SYSTEM, now=now)
        assert (article.publish_at, article.expires_at) == (None, None)


def test_withdrawing_says_why_and_giving_back_restores_what_readers_saw(work, make):
    with work():
        article, now = make.article(state=State.CORRECTED), clock.now()
        live = article.live_id
        with pytest.raises(RuleBroken):
            publishing.withdraw(article, reason=" ", actor=SYSTEM, now=now)
        publishing.feature(article, lead=True, pinned_until=None, actor=SYSTEM, now=now)
        publishing.withdraw(article, reason="正在核实。", actor=SYSTEM, now=now)
        assert (article.withdrawal, article.withdrawn_at, article.lead_at) == ("正在核实。", now, None)
        editing.save(article, make.content("撤下时改的"), base_id=article.head_id, actor=SYSTEM, now=now)
        with pytest.raises(RuleBroken):
            publishing.reinstate(article, reason="", actor=SYSTEM, now=now)
        publishing.reinstate(article, reason="核实无误。", actor=SYSTEM, now=now)
        assert (article.state, article.live_id, article.withdrawn_at) == ("corrected", live, None)


def test_only_what_readers_see_is_featured_and_the_lead_needs_the_whole_sites_sign_off(work, make):
    with work():
        org, now = make.org(), clock.now()
        live, draft = make.article(org, state=State.PUBLISHED), make.article(org)
        local, chief = make.actor(Role.CHIEF_EDITOR, org), make.actor(Role.CHIEF_EDITOR)
        with pytest.raises(Conflict):
            publishing.feature(draft, lead=True, pinned_until=None, actor=chief, now=now)
        publishing.feature(live, lead=True, pinned_until=now + timedelta(days=1), actor=chief, now=now)
        assert (live.lead_at, live.pinned_until) == (now, now + timedelta(days=1))
        with pytest.raises(NotAllowed):
            publishing.feature(live, lead=True, pinned_until=None, actor=make.actor(Role.CORRESPONDENT, org), now=now)
        assert local.grants[0].org_path == org.path
