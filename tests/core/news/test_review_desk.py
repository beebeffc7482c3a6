"""Reviewing at the HTTP seam: the queue, the changes, passing on, giving back, and who may not."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from unionhall.accounts.models import Account
from unionhall.base import clock, db
from unionhall.base.errors import NotAllowed
from unionhall.hooks.types import SYSTEM, Role
from unionhall.news import desk_queries, editing, review
from unionhall.news.models import Article, Section, State
from unionhall.news.rights import REVIEW, SIGN_OFF
from unionhall.orgs.models import Org
from unionhall.platform.access import unscoped
from unionhall.platform.audit import AuditEntry
from unionhall.testing.factories import actor_of

THREE = (("初审", REVIEW), ("复审", REVIEW), ("终审", SIGN_OFF))


def find(article_id):
    return db.session().scalar(unscoped(select(Article).where(Article.id == article_id), why="test"))


def person(account_id):
    return db.session().scalar(unscoped(select(Account).where(Account.id == account_id), why="test"))


@pytest.fixture
def room(work, make):
    """A district with two editors, a chief and a correspondent, and an editor elsewhere; a section of three steps."""
    with work():
        org, other = make.org(name="东津区总工会"), make.org(name="柳浦区总工会")
        return {
            "org": org.id, "section": make.section(name="要闻二", steps=THREE).id,
            "editor": make.account(Role.EDITOR, org, name="顾言").id, "second": make.account(Role.EDITOR, org, name="温予").id,
            "chief": make.account(Role.CHIEF_EDITOR, org, name="邵其华").id,
            "writer": make.account(Role.CORRESPONDENT, org, name="沈一禾").id,
            "auditor": make.account(Role.AUDITOR, org).id, "stranger": make.account(Role.EDITOR, other).id,
        }


@pytest.fixture
def article(work, make, room):
    """An article of the correspondent's, submitted; its id."""
    with work():
        return submitted(make, room).id


def submitted(make, room, author="writer", headline="一把焊枪传三代", **content):
    place, section = db.session().get(Org, room["org"]), db.session().get(Section, room["section"])
    return make.article(place, section, person(room[author]), State.SUBMITTED, make.content(headline, **content))


def decide(browser, article_id, decision="pass", view="", **fields):
    form = browser.form(f"/desk/news/{article_id}/review{view}", f"/desk/news/{article_id}/review?view={view[6:] or 'new'}")
    return browser.client.post(f"/desk/news/{article_id}/review", data={**form, "decision": decision, **fields})


def test_an_article_passes_three_people_and_is_approved(desk, work, room, article):
    first = desk(room["editor"])
    answer = decide(first, article, checks=["names", "quotes"], note="数字已核。")
    assert (answer.status_code, answer.location) == (303, "/desk/news/review/")
    assert "已通过，转复审" in first.get("/desk/news/review/").text
    assert "通过，转终审" in desk(room["second"]).get(f"/desk/news/{article}/review").text
    decide(desk(room["second"]), article, view="?view=diff")
    last = desk(room["chief"])
    assert "通过，待发布" in last.get(f"/desk/news/{article}/review").text
    answer = decide(last, article, view="?view=diff")
    assert answer.location == f"/desk/news/{article}/publish"
    with work():
        steps = desk_queries.transitions(find(article))
        assert find(article).state == "approved"
        assert [(item.action, item.label, item.account_id) for item in steps[1:]] == [
            ("pass", "初审", room["editor"]), ("pass", "复审", room["second"]), ("pass", "终审", room["chief"]),
        ]
        assert (steps[1].checks, steps[1].note) == (["names", "quotes"], "数字已核。")


def test_a_return_needs_a_reason_and_keeps_what_was_ticked(desk, work, room, article):
    browser = desk(room["editor"])
    answer = decide(browser, article, "return", note="  ", checks=["figures"])
    assert answer.status_code == 422
    assert "<title>错误：" in answer.text
    assert "退回时要写清理由" in answer.text
    assert re.search(r'value="figures" form="review" checked', answer.text)
    answer = decide(browser, article, "return", note="第二段的数字请补来源。")
    assert answer.status_code == 303
    with work():
        assert (find(article).state, desk_queries.last_return(find(article)).note) == ("returned", "第二段的数字请补来源。")
    assert "第二段的数字请补来源。" in desk(room["writer"]).get(f"/desk/news/{article}/edit").text


@pytest.mark.parametrize("decision", ["pass", "return"])
def test_a_text_that_changed_meanwhile_is_told_and_the_remark_kept(desk, work, make, room, article, decision):
    browser = desk(room["editor"])
    form = browser.form(f"/desk/news/{article}/review", f"/desk/news/{article}/review?view=new")
    with work():
        editing.save(find(article), make.content("换过标题"), base_id=find(article).head_id, actor=SYSTEM, now=clock.now())
    answer = browser.client.post(f"/desk/news/{article}/review", data={**form, "decision": decision, "note": "写了半天的意见"})
    assert answer.status_code == 409
    assert "有人改了正文" in answer.text
    assert "写了半天的意见</textarea>" in answer.text
    assert "换过标题" in answer.text
    with work():
        assert find(article).state == "submitted"
    form = {**form, "revision": re.search(r'name="revision" value="(\d+)"', answer.text)[1]}
    assert browser.client.post(f"/desk/news/{article}/review", data={**form, "decision": decision, "note": "意见"}).status_code == 303


def test_somebody_was_faster(desk, room, article):
    one, other = desk(room["editor"]), desk(room["second"])
    form = other.form(f"/desk/news/{article}/review", f"/desk/news/{article}/review?view=new")
    decide(one, article, "return", note="先退。")
    answer = other.client.post(f"/desk/news/{article}/review", data={**form, "decision": "pass", "note": "我觉得可以"})
    assert answer.status_code == 409
    assert "不在待审状态" in answer.text
    assert "我觉得可以</textarea>" in answer.text


def test_who_may_not_pass_is_told_why_and_refused(desk, work, make, room):
    with work():
        own = submitted(make, room, "editor").id
        passed = submitted(make, room)
        review.pass_step(passed, revision_id=passed.head_id, actor=actor_of(person(room["editor"]), clock.now()), now=clock.now())
        passed_id = passed.id
    browser = desk(room["editor"])
    for article_id, why in ((own, "作者不审自己的稿"), (passed_id, "你已经审过这一轮的前一步")):
        page = browser.get(f"/desk/news/{article_id}/review").text
        assert why in page
        assert 'value="pass"' not in page
        with work():
            head = find(article_id).head_id
        answer = browser.post(f"/desk/news/{article_id}/review", decision="pass", revision=head)
        assert answer.status_code == 403
        assert why in answer.text
        with work():
            assert find(article_id).state == "submitted"


def test_doors(desk, room, article):
    wanted = {"editor": 200, "chief": 200, "writer": 403, "auditor": 403, "stranger": 404}
    for who, status in wanted.items():
        assert desk(room[who]).get(f"/desk/news/{article}/review").status_code == status, who
        answer = desk(room[who]).post(f"/desk/news/{article}/review", decision="return", revision=str(article))
        assert answer.status_code == (422 if status == 200 else status), who


@pytest.mark.parametrize("fields", [{"decision": "approve"}, {}])
def test_an_unknown_decision_is_a_bad_request(desk, room, article, fields):
    assert desk(room["editor"]).post(f"/desk/news/{article}/review", **fields).status_code == 400
    assert desk(room["editor"]).get(f"/desk/news/{article}/review?view=html").status_code == 400


def test_the_queue_is_theirs_with_how_urgent_each_is(desk, work, make, room):
    with work():
        today = submitted(make, room, headline="今天到期的稿")
        today.submitted_at = clock.now() - timedelta(hours=18, minutes=30)
        row = submitted(make, room, headline="超时的稿")
        row.submitted_at, late = clock.now() - timedelta(hours=26, minutes=30), row.id
        submitted(make, room, author="editor", headline="自己的稿")
    page = desk(room["editor"]).get("/desk/news/review/").text
    assert "超时 2 小时" in page
    assert "今天 15:00 到期" in page
    assert "自己的稿" not in page
    assert page.index("超时的稿") < page.index("今天到期的稿")
    assert '<span class="count">2<span class="visually-hidden">' in page
    side = desk(room["editor"]).get(f"/desk/news/{late}/review").text
    assert "后面还有 1 篇" in side
    assert "现在没有等你审的稿" in desk(room["stranger"]).get("/desk/news/review/").text


def test_the_changes_since_the_last_decision_are_marked(desk, work, make, room):
    with work():
        article = submitted(make, room, body="<p>大概焊过四十多条船。</p><p>不变的一段。</p>")
        review.give_back(article, reason="请核对档案。", actor=actor_of(person(room["editor"]), clock.now()), now=clock.now())
        better = make.content("一支焊枪传三代", body="<p>焊过四十三条船。</p><p>不变的一段。</p>")
        for number in (1, 2):
            content = editing.contents.replace(better, summary=f"第 {number} 次改。")
            editing.save(article, content, base_id=article.head_id, actor=SYSTEM, now=clock.now())
        review.submit(article, actor=SYSTEM, now=clock.now())
        article_id = article.id
    browser = desk(room["editor"])
    page = browser.get(f"/desk/news/{article_id}/review").text
    assert "对照第 1 版" in page
    assert "一<del>把</del><ins>支</ins>焊枪传三代" in page
    assert "<p>不变的一段。</p>" in page
    assert "请核对档案。" in page
    side = browser.get(f"/desk/news/{article_id}/review?view=side").text
    assert "第 3 版（新稿）" in side
    left = side[side.index("side-old"):side.index("side-new")]
    assert "<del>" in left
    assert "<ins>" not in left
    assert "<ins>" not in browser.get(f"/desk/news/{article_id}/review?view=new").text


def test_a_first_version_is_shown_whole_and_markup_in_it_stays_text(desk, work, make, room):
    with work():
        article_id = submitted(make, room, headline="<script>x</script>", body="<p>正文&lt;ins&gt;假&lt;/ins&gt;</p>").id
    for view in ("", "?view=diff", "?view=side"):
        page = desk(room["editor"]).get(f"/desk/news/{article_id}/review{view}").text
        assert "第一稿" in page
        assert "<script>x" not in page
        assert "<ins>假" not in page


def test_steps_that_change_under_way_hold_at_once(desk, work, room, article):
    decide(desk(room["editor"]), article)
    with work():
        section = db.session().get(Section, room["section"])
        section.steps[1:] = []
    second = desk(room["second"])
    page = second.get(f"/desk/news/{article}/review").text
    assert "这一步要由有“终审”权限的人来审" in page
    assert 'value="pass"' not in page
    assert decide(desk(room["chief"]), article, view="?view=diff").status_code == 303
    with work():
        assert find(article).state == "approved"


def test_nothing_of_the_review_is_seen_by_name_only(desk, room, article):
    """Who may do the next step is named; nobody else's address or login is."""
    page = desk(room["editor"]).get(f"/desk/news/{article}/review").text
    flow = page[page.index("timeline"):]
    assert "邵其华" in flow
    assert "沈一禾" in flow
    assert "应在 05-15 09:30 前审完" in flow


def test_the_audit_trail_of_a_pass(desk, work, room, article):
    decide(desk(room["editor"]), article)
    with work():
        acts = db.session().scalars(unscoped(select(AuditEntry.act).where(AuditEntry.obj == f"article:{article}"), why="test"))
        assert list(acts) == ["news.created", "news.submit", "news.pass"]


def test_an_easier_section_is_no_way_around_the_review(work, make, room, article):
    """Moving what is under review changes who must pass it: an editor alone may not."""
    with work():
        easy, row = make.section(), find(article)
        for who, allowed in (("editor", False), ("chief", True)):
            actor = actor_of(person(room[who]), clock.now())
            if allowed:
                editing.refile(row, easy, actor=actor, now=clock.now())
            else:
                with pytest.raises(NotAllowed, match="审稿流程"):
                    editing.refile(row, easy, actor=actor, now=clock.now())
            assert (row.section_id == easy.id) is allowed
