"""Writing: nothing typed is lost, nothing foreign is pulled in."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from sqlalchemy import select

from unionhall.base import clock, db
from unionhall.base.errors import Conflict, NotAllowed, NotFound, RuleBroken
from unionhall.hooks.types import SYSTEM, Role
from unionhall.news import content as contents
from unionhall.news import desk_queries, editing, review
from unionhall.news.content import BylineLine, Content
from unionhall.news.models import Article, Autosave, Revision, State
from unionhall.orgs.services import close_org, merge_org
from unionhall.platform import access
from unionhall.testing.factories import actor_of

BODY = "<p>正文第一段。</p><p>正文第二段。</p>"


def find(article_id):
    return db.session().scalar(access.unscoped(select(Article).where(Article.id == article_id), why="test"))


def texts(article_id):
    rows = select(Revision.headline).where(Revision.article_id == article_id).order_by(Revision.number)
    return list(db.session().scalars(rows))


def at_once(app, jobs):
    """Run every job in a thread and unit of work of its own, all starting together; returns results or errors."""
    gate = Barrier(len(jobs))

    def run(job):
        with app.app_context():
            gate.wait()
            try:
                with db.unit_of_work():
                    return job()
            except Exception as error:
                return error
            finally:
                db.session().remove()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


@pytest.mark.both
def test_of_two_people_who_save_at_once_one_wins_and_no_word_is_lost(app, work, make):
    with work():
        org = make.org()
        people = [make.account(Role.EDITOR, org) for _ in range(2)]
        article = make.article(org, content=make.content("原来的标题"))
        article_id, base = article.id, article.head_id
        actors = [actor_of(person, clock.now()) for person in people]

    def saving(number):
        def job():
            mine = contents.of(find(article_id).head)
            new = replace(mine, headline=f"第 {number} 个人的标题")
            return editing.save(find(article_id), new, base_id=base, actor=actors[number], now=clock.now()).headline

        return job

    results = at_once(app, [saving(0), saving(1)])
    won = [item for item in results if isinstance(item, str)]
    lost = [item for item in results if isinstance(item, editing.SavedMeanwhile)]
    assert (len(won), len(lost)) == (1, 1), results
    with work():
        assert texts(article_id) == ["原来的标题", won[0]]
        assert find(article_id).head.headline == won[0]
        loser = 0 if won[0] == "第 1 个人的标题" else 1
        editing.save(
            find(article_id), make.content(f"第 {loser} 个人的标题"), base_id=find(article_id).head_id, actor=actors[loser], now=clock.now()
        )
    with work():
        assert texts(article_id) == ["原来的标题", won[0], f"第 {loser} 个人的标题"]


@pytest.mark.both
def test_a_save_never_slips_under_a_review_that_passed_meanwhile(app, work, make):
    with work():
        org = make.org()
        writer, reviewer = make.account(Role.EDITOR, org), make.account(Role.EDITOR, org)
        article = make.article(org, author=writer, state=State.SUBMITTED)
        article_id, base = article.id, article.head_id
        writing, reviewing = actor_of(writer, clock.now()), actor_of(reviewer, clock.now())

    def save():
        editing.save(find(article_id), make.content("没人审过的标题"), base_id=base, actor=writing, now=clock.now())

    def approve():
        review.pass_step(find(article_id), revision_id=base, actor=reviewing, now=clock.now())

    results = at_once(app, [save, approve])
    with work():
        article = find(article_id)
        assert sum(result is None for result in results) == 1, results
        assert (article.state, article.head.headline == "没人审过的标题") in {("approved", False), ("submitted", True)}


def test_saving_what_did_not_change_makes_no_revision_but_ends_the_autosave(work, make):
    with work():
        actor = make.actor(Role.EDITOR)
        article = make.article()
        editing.autosave(article, {"headline": ["草"]}, base_id=article.head_id, actor=actor, now=clock.now())
        same = editing.save(article, contents.of(article.head), base_id=article.head_id, actor=actor, now=clock.now())
        assert (same.number, len(texts(article.id))) == (1, 1)
        assert db.session().scalar(select(Autosave)) is None


def test_a_revision_says_what_changed(work, make):
    with work():
        article = make.article()
        new = replace(contents.of(article.head), headline="新标题", summary="新的")
        assert editing.save(article, new, base_id=article.head_id, actor=SYSTEM, now=clock.now()).note == "改了标题、摘要"


def test_saving_on_an_old_base_changes_nothing_at_all(work, make):
    with work():
        article, other = make.article(), make.section()
        old, slug = article.head_id, article.slug
        editing.save(article, make.content("新"), base_id=old, actor=SYSTEM, now=clock.now())
        with pytest.raises(editing.SavedMeanwhile) as clash:
            editing.save(article, make.content("旧"), base_id=old, section=other, slug="else", actor=SYSTEM, now=clock.now())
        assert clash.value.theirs.headline == "新"
        assert (article.slug, article.section_id == other.id) == (slug, False)


def test_content_is_tidied_and_sanitised(work, make):
    with work():
        wild = Content(
            headline=" 一行\n两行 ", body='<p onclick="x()">好<script>alert(1)</script></p>',
            bylines=(BylineLine("reporter", ("林晓棠 ", "")), BylineLine("editor", ())), tags=("甲", "甲", " "),
        )
        head = make.article(content=wild).head
        assert (head.headline, head.body) == ("一行 两行", "<p>好</p>")
        assert [(item.role, item.name) for item in head.bylines] == [("reporter", "林晓棠")]
        assert [tag.name for tag in head.tags] == ["甲"]


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("headline", {"headline": "  "}), ("headline", {"headline": "长" * 121}), ("kicker", {"kicker": "长" * 81}),
        ("bylines", {"bylines": (BylineLine("reporter", tuple(f"人{n}" for n in range(31))),)}),
        ("cover_id", {"cover_id": 99}), ("related", {"related": (99,)}),
        ("bylines", {"bylines": (BylineLine("reporter", ("甲",), account_id=99),)}),
        ("bylines", {"bylines": (BylineLine("reporter", ("甲",), org_id=99),)}),
    ],
)
def test_what_cannot_stand_is_refused_at_its_field(work, make, field, changes):
    with work(), pytest.raises(RuleBroken) as refused:
        make.article(content=replace(make.content(), **changes))
    assert refused.value.field == field


def test_an_article_is_not_related_to_itself(work, make):
    with work():
        article = make.article()
        with pytest.raises(RuleBroken, match="自己"):
            editing.save(article, replace(make.content(), related=(article.id,)), base_id=article.head_id, actor=SYSTEM, now=clock.now())


def test_other_orgs_drafts_cannot_be_related(work, make):
    with work():
        mine, theirs = make.org(), make.org()
        actor, secret = make.actor(Role.EDITOR, mine), make.article(theirs)
        article = make.article(mine)
        new = replace(make.content(), related=(secret.id,))
        with pytest.raises(RuleBroken, match="没有找到"):
            editing.save(article, new, base_id=article.head_id, actor=actor, now=clock.now())


@pytest.mark.both
def test_addresses_are_unique_and_fixed_once_published(work, make):
    with work():
        first, second = make.article(content=make.content("工会")), make.article(content=make.content("工会"))
        assert first.slug != second.slug

        def readdress(article, slug):
            editing.save(article, contents.of(article.head), base_id=article.head_id, slug=slug, actor=SYSTEM, now=clock.now())

        readdress(first, "Gong Hui!")
        assert first.slug == "gong-hui"
        with pytest.raises(RuleBroken, match="别的文章"):
            readdress(second, "gong-hui")
        with pytest.raises(RuleBroken, match="字母"):
            readdress(second, "！！")
        live = make.article(state=State.PUBLISHED)
        slug = live.slug
        readdress(live, "something-else")
        assert live.slug == slug


def test_an_address_typed_by_hand_does_not_stop_a_later_article(work, make):
    with work():
        first = make.article()
        editing.save(first, make.content(), base_id=first.head_id, slug=f"gong-hui-{first.id + 1}", actor=SYSTEM, now=clock.now())
        second = make.article(content=make.content("工会"))
        assert second.slug.startswith(f"gong-hui-{second.id}-")


def test_closed_orgs_and_sections_take_no_articles(work, make):
    with work():
        org, shut = make.org(), make.section()
        shut.open = False
        with pytest.raises(RuleBroken, match="停用"):
            make.article(section=shut)
        close_org(org, actor=SYSTEM, now=clock.now())
        with pytest.raises(RuleBroken, match="已关闭"):
            make.article(org)


def test_a_correspondent_edits_only_drafts_and_returned_ones_of_their_own(work, make):
    with work():
        org = make.org()
        mine, other = make.account(Role.CORRESPONDENT, org), make.account(Role.CORRESPONDENT, org)
        actor, stranger = actor_of(mine, clock.now()), actor_of(other, clock.now())
        for state in State:
            article = make.article(org, author=mine, state=state)
            for who in (actor, stranger):
                allowed = who is actor and state in {State.DRAFT, State.RETURNED}
                try:
                    editing.save(article, make.content("改"), base_id=article.head_id, actor=who, now=clock.now())
                except NotAllowed:
                    assert not allowed, state
                else:
                    assert allowed, state


def test_a_copy_needs_reading_there_and_writing_here_and_leaves_history_behind(work, make):
    with work():
        here, there = make.org(), make.org()
        actor = make.actor(Role.EDITOR, here)
        article = make.article(here, state=State.PUBLISHED)
        copy = editing.copy(article, here, actor=actor, now=clock.now())
        assert (copy.state, copy.live_id, copy.author_id) == ("draft", None, actor.account_id)
        assert contents.of(copy.head) == contents.of(article.head)
        assert [item.number for item in desk_queries.revisions(copy)] == [1]
        with pytest.raises(NotFound):
            editing.copy(make.article(there), here, actor=actor, now=clock.now())
        with pytest.raises(NotAllowed):
            editing.copy(article, there, actor=actor, now=clock.now())


def test_restoring_makes_a_new_revision_and_refuses_foreign_ones(work, make):
    with work():
        article, other = make.article(content=make.content("第一版")), make.article()
        first = article.head
        editing.save(article, make.content("第二版"), base_id=first.id, actor=SYSTEM, now=clock.now())
        restored = editing.restore(article, first, base_id=article.head_id, actor=SYSTEM, now=clock.now())
        assert (restored.number, restored.headline, restored.note) == (3, "第一版", "恢复第 1 版")
        with pytest.raises(NotFound):
            editing.restore(article, other.head, base_id=article.head_id, actor=SYSTEM, now=clock.now())


@pytest.mark.both
def test_autosave_is_kept_per_person_even_when_somebody_else_saved(work, make):
    with work():
        org = make.org()
        one, two = make.actor(Role.EDITOR, org), make.actor(Role.EDITOR, org)
        article = make.article(org)
        base, article_id = article.head_id, article.id
        editing.save(article, make.content("对方的"), base_id=base, actor=two, now=clock.now())
        with pytest.raises(editing.SavedMeanwhile):
            editing.autosave(article, {"headline": ["我的"]}, base_id=base, actor=one, now=clock.now())
    with work():
        article = find(article_id)
        assert desk_queries.my_autosave(article, one).fields == {"headline": ["我的"]}
        assert desk_queries.my_autosave(article, two) is None


@pytest.mark.both
def test_presence_shows_others_and_never_overwrites_what_was_typed(work, make):
    with work():
        org = make.org()
        one, two = make.actor(Role.EDITOR, org), make.actor(Role.EDITOR, org)
        article = make.article(org)
        article_id = article.id
        editing.autosave(article, {"headline": ["打了一半"]}, base_id=article.head_id, actor=one, now=clock.now())
    with work():
        editing.look_at(article_id, 1, actor=one, now=clock.now())
    with work():
        article = find(article_id)
        assert [name for name, _ in desk_queries.others_here(article, two, clock.now())] == [one.name]
        assert desk_queries.others_here(article, one, clock.now()) == []
        assert desk_queries.my_autosave(article, one).fields == {"headline": ["打了一半"]}


@pytest.mark.both
def test_articles_go_with_a_merged_org_and_their_review_goes_on(work, make):
    with work():
        source, target = make.org(), make.org()
        reviewer = make.actor(Role.EDITOR, target)
        article = make.article(source, state=State.SUBMITTED)
        merge_org(source, target, actor=SYSTEM, now=clock.now())
        db.session().refresh(article)
        assert article.org_id == target.id
        review.pass_step(article, revision_id=article.head_id, actor=reviewer, now=clock.now())
        assert article.state == "approved"


def test_refiling_leaves_the_text_and_what_somebody_typed(work, make):
    with work():
        actor, section = make.actor(Role.EDITOR), make.section()
        article = make.article()
        editing.autosave(article, {"headline": ["打了一半"]}, base_id=article.head_id, actor=actor, now=clock.now())
        editing.refile(article, section, actor=actor, now=clock.now())
        assert (article.section_id, len(texts(article.id))) == (section.id, 1)
        assert desk_queries.my_autosave(article, actor) is not None


def test_a_state_that_moved_on_is_a_conflict_not_an_overwrite(work, make):
    with work():
        article = make.article(state=State.SUBMITTED)
        base = article.head_id
        with pytest.raises(Conflict, match="状态"):
            editing._turn_to(article, article.head, base_id=base, state="draft", now=clock.now())
