"""Review: the author never reviews, nobody passes twice, a return says why."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select

from unionhall.base import clock, db
from unionhall.base.errors import Conflict, NotAllowed, RuleBroken
from unionhall.hooks.types import SYSTEM, Role
from unionhall.news import desk_queries, editing, review
from unionhall.news.models import Article, State
from unionhall.news.rights import REVIEW, SIGN_OFF
from unionhall.platform import access
from unionhall.testing.factories import actor_of

TWO = (("初审", REVIEW), ("终审", SIGN_OFF))


def find(article_id):
    return db.session().scalar(access.unscoped(select(Article).where(Article.id == article_id), why="test"))


def passing(article, actor):
    review.pass_step(article, revision_id=article.head_id, actor=actor, now=clock.now())


@pytest.mark.both
def test_of_two_reviewers_of_one_step_one_passes_it(app, work, make):
    with work():
        org = make.org()
        section = make.section(steps=(("初审", REVIEW), ("复审", REVIEW)))
        actors = [make.actor(Role.EDITOR, org) for _ in range(2)]
        article = make.article(org, section, state=State.SUBMITTED)
        article_id, head = article.id, article.head_id
    gate = Barrier(2)

    def run(actor):
        with app.app_context():
            gate.wait()
            try:
                with db.unit_of_work():
                    article = find(article_id)
                    if article.step:
                        return "late"
                    review.pass_step(article, revision_id=head, actor=actor, now=clock.now())
                return "passed"
            except Conflict:
                return "late"
            finally:
                db.session().remove()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(run, actors)) == ["late", "passed"]
    with work():
        article = find(article_id)
        assert (article.state, article.step) == ("submitted", 1)
        assert [item.action for item in desk_queries.transitions(article)] == ["submit", "pass"]


@pytest.mark.both
def test_steps_need_their_permission_and_different_people(work, make):
    with work():
        org = make.org()
        section = make.section(steps=TWO)
        editor, chief = make.actor(Role.EDITOR, org), make.actor(Role.CHIEF_EDITOR, org)
        article = make.article(org, section, state=State.SUBMITTED)
        passing(article, chief)
        with pytest.raises(NotAllowed, match="终审"):
            passing(article, editor)
        with pytest.raises(NotAllowed, match="另一个人"):
            passing(article, chief)
        passing(article, make.actor(Role.CHIEF_EDITOR, org))
        assert article.state == "approved"


def test_an_author_does_not_review_even_as_chief_editor(work, make):
    with work():
        account = make.account(Role.CHIEF_EDITOR)
        article = make.article(author=account, state=State.SUBMITTED)
        with pytest.raises(NotAllowed, match="作者"):
            passing(article, actor_of(account, clock.now()))


def test_the_same_reviewer_may_pass_the_next_round(work, make):
    with work():
        reviewer = make.actor(Role.EDITOR)
        article = make.article(section=make.section(steps=TWO), state=State.SUBMITTED)
        passing(article, reviewer)
        review.give_back(article, reason="再改。", actor=reviewer, now=clock.now())
        review.submit(article, actor=SYSTEM, now=clock.now())
        passing(article, reviewer)
        assert (article.round, article.step) == (2, 1)


def test_a_text_that_changed_after_it_was_opened_is_not_passed(work, make):
    with work():
        article = make.article(state=State.SUBMITTED)
        opened = article.head_id
        editing.save(article, make.content("换过"), base_id=opened, actor=SYSTEM, now=clock.now())
        with pytest.raises(Conflict, match="改了正文"):
            review.pass_step(article, revision_id=opened, actor=SYSTEM, now=clock.now())


@pytest.mark.parametrize("reason", ["", "  \n "])
def test_a_return_needs_a_reason(work, make, reason):
    with work():
        article = make.article(state=State.SUBMITTED)
        with pytest.raises(RuleBroken) as refused:
            review.give_back(article, reason=reason, actor=SYSTEM, now=clock.now())
        assert (refused.value.field, article.state) == ("note", "submitted")


def test_a_submission_is_recalled_only_before_a_step_was_passed(work, make):
    with work():
        account = make.account(Role.CORRESPONDENT)
        author = actor_of(account, clock.now())
        section = make.section(steps=TWO)
        article = make.article(section=section, author=account, state=State.SUBMITTED)
        review.recall(article, actor=author, now=clock.now())
        assert article.state == "draft"
        review.submit(article, actor=author, now=clock.now())
        passing(article, make.actor(Role.EDITOR))
        with pytest.raises(NotAllowed):
            review.recall(article, actor=author, now=clock.now())


def test_a_section_that_lost_steps_asks_for_a_final_sign_off(work, make):
    with work():
        section = make.section(steps=(("初审", REVIEW), ("复审", REVIEW)))
        article = make.article(section=section, state=State.SUBMITTED)
        passing(article, make.actor(Role.EDITOR))
        section.steps.pop()
        db.session().flush()
        with pytest.raises(NotAllowed):
            passing(article, make.actor(Role.EDITOR))
        passing(article, make.actor(Role.CHIEF_EDITOR))
        assert article.state == "approved"


@pytest.mark.both
def test_the_queue_holds_what_this_person_may_pass_now(work, make):
    with work():
        org, elsewhere = make.org(), make.org()
        mine = make.account(Role.EDITOR, org)
        actor = actor_of(mine, clock.now())
        section = make.section(steps=TWO)
        wanted = make.article(org, section, state=State.SUBMITTED)
        make.article(org, section, author=mine, state=State.SUBMITTED)
        make.article(elsewhere, section, state=State.SUBMITTED)
        second = make.article(org, section, state=State.SUBMITTED)
        passing(second, make.actor(Role.EDITOR, org))
        assert [item.id for item in desk_queries.review_queue(actor)] == [wanted.id]
        for article in desk_queries.review_queue(actor):
            assert review.refusal(article, actor) == ""
