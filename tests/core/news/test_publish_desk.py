"""Publishing at the HTTP seam: each step a form of its own, only those that work, nothing typed is lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from unionhall.accounts.models import Account
from unionhall.base import clock, db
from unionhall.hooks.types import SYSTEM, Role
from unionhall.news import desk_queries, editing, publishing
from unionhall.news.models import Article, State
from unionhall.orgs.models import Org
from unionhall.platform.access import unscoped

STEPS = ("submit", "recall", "return", "schedule", "unschedule", "publish", "correct", "withdraw", "reinstate", "archive", "feature")


def find(article_id):
    return db.session().scalar(unscoped(select(Article).where(Article.id == article_id), why="test"))


@pytest.fixture
def room(work, make):
    """A district with an editor and a correspondent, a chief of the whole site, an editor elsewhere."""
    with work():
        org, other = make.org(name="东津区总工会"), make.org(name="柳浦区总工会")
        return {
            "org": org.id, "editor": make.account(Role.EDITOR, org, name="顾言").id, "chief": make.account(Role.CHIEF_EDITOR).id,
            "local_chief": make.account(Role.CHIEF_EDITOR, org).id, "writer": make.account(Role.CORRESPONDENT, org, name="沈一禾").id,
            "auditor": make.account(Role.AUDITOR, org).id, "stranger": make.account(Role.EDITOR, other).id,
        }


@pytest.fixture
def an_article(work, make, room):
    """Return `an_article(state)`: one of the correspondent's; its id."""

    def made(state=State.DRAFT, **content):
        with work():
            author = db.session().scalar(unscoped(select(Account).where(Account.id == room["writer"]), why="test"))
            text = make.content("驿站开门了", **content)
            return make.article(db.session().get(Org, room["org"]), author=author, state=state, content=text).id

    return made


def state_of(work, article_id):
    with work():
        return find(article_id).state


def act(browser, article_id, step, **fields):
    return browser.post(f"/desk/news/{article_id}/{step}", **fields)


def test_an_article_goes_all_the_way(desk, work, room, an_article):
    article = an_article()
    writer, editor = desk(room["writer"]), desk(room["editor"])
    assert act(writer, article, "submit").location == f"/desk/news/{article}/publish"
    assert act(writer, article, "recall").status_code == 303
    assert state_of(work, article) == "draft"
    act(writer, article, "submit")
    with work():
        head = find(article).head_id
    editor.post(f"/desk/news/{article}/review", decision="pass", revision=head)
    assert act(editor, article, "schedule", publish_at="2026-05-14T11:30").status_code == 303
    with work():
        assert (find(article).state, find(article).publish_at) == ("scheduled", clock.now() + timedelta(hours=2))
    page = editor.get(f"/desk/news/{article}/publish").text
    assert "已定在 2026-05-14 11:30" in page
    assert 'value="2026-05-14T11:30"' in page
    act(editor, article, "unschedule")
    assert act(editor, article, "publish", expires_at="2026-06-01T00:00").status_code == 303
    with work():
        assert (find(article).state, clock.local(find(article).expires_at).month) == ("published", 6)
    act(editor, article, "withdraw", note="时间有变，正在核实。")
    act(editor, article, "reinstate", note="已核实。")
    act(editor, article, "archive")
    with work():
        assert [item.action for item in desk_queries.transitions(find(article))] == [
            "submit", "recall", "submit", "pass", "schedule", "unschedule", "publish", "withdraw", "reinstate", "archive",
        ]


@pytest.mark.parametrize("state", list(State))
def test_only_the_steps_that_work_are_offered(desk, room, an_article, state):
    article = an_article(state)
    page = desk(room["editor"]).get(f"/desk/news/{article}/publish").text
    offered = {
        State.DRAFT: {"submit", "archive"}, State.RETURNED: {"submit", "archive"}, State.SUBMITTED: {"recall"},
        State.APPROVED: {"schedule", "publish", "return"}, State.SCHEDULED: {"schedule", "publish", "unschedule", "return"},
        State.PUBLISHED: {"feature", "withdraw", "archive"}, State.CORRECTED: {"feature", "withdraw", "archive"},
        State.WITHDRAWN: {"reinstate", "archive"}, State.ARCHIVED: set(),
    }[state]
    assert {step for step in STEPS if f"/desk/news/{article}/{step}\"" in page} == offered
    assert ("去审稿" in page) == (state is State.SUBMITTED)


def test_an_author_is_offered_theirs_only(desk, room, an_article):
    article = an_article(State.SUBMITTED)
    page = desk(room["writer"]).get(f"/desk/news/{article}/publish").text
    assert f"/desk/news/{article}/recall" in page
    assert "去审稿" not in page
    page = desk(room["auditor"]).get(f"/desk/news/{article}/publish").text
    assert "现在没有轮到你做的事" in page


@pytest.mark.parametrize("step", STEPS)
def test_doors(desk, work, room, an_article, step):
    article = an_article(State.PUBLISHED)
    assert act(desk(room["stranger"]), article, step, note="x").status_code == 404
    assert act(desk(room["auditor"]), article, step, note="x").status_code == 403
    answer = act(desk(room["writer"]), article, step, note="x")
    assert answer.status_code == (409 if step in {"submit", "recall"} else 403)
    assert state_of(work, article) == "published"


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"publish_at": ""}, "写上什么时候发"), ({"publish_at": "明天早上"}, "看不懂这个时间"),
        ({"publish_at": "2026-05-14T09:00"}, "已经过去"),
        ({"publish_at": "2026-05-15T09:00", "expires_at": "2026-05-15T08:00"}, "下线时间要晚于发布时间"),
    ],
)
def test_a_moment_that_cannot_be_is_refused_with_what_was_typed(desk, work, room, an_article, fields, message):
    article = an_article(State.APPROVED)
    answer = act(desk(room["editor"]), article, "schedule", **fields)
    assert answer.status_code == 422
    assert "<title>错误：" in answer.text
    assert message in answer.text
    for value in filter(None, fields.values()):
        assert f'value="{value}"' in answer.text
    assert state_of(work, article) == "approved"


def test_what_must_be_mended_is_listed_before_publishing(desk, work, room, an_article):
    article = an_article(State.APPROVED, body="")
    browser = desk(room["editor"])
    page = browser.get(f"/desk/news/{article}/publish").text
    assert "发布前还有 1 处要改" in page
    assert "正文还是空的" in page
    assert act(browser, article, "publish").status_code == 422
    assert state_of(work, article) == "approved"
    assert "发布前还要改" in browser.get(f"/desk/news/{article}/edit").text


def test_a_correction_shows_what_differs_and_needs_a_note(desk, work, make, room, an_article):
    article, browser = an_article(State.PUBLISHED), desk(room["editor"])
    assert "现在的稿子和读者看到的一样" in browser.get(f"/desk/news/{article}/publish").text
    with work():
        text = make.content("驿站开了门")
        editing.save(find(article), text, base_id=find(article).head_id, actor=SYSTEM, now=clock.now())
    page = f"/desk/news/{article}/publish"
    assert "驿站开<ins>了</ins>门<del>了</del>" in browser.get(page).text
    form = browser.form(page, f"/desk/news/{article}/correct")
    answer = browser.client.post(f"/desk/news/{article}/correct", data={**form, "note": " "})
    assert (answer.status_code, "更正要写明改了什么" in answer.text) == (422, True)
    assert 'href="#correct-note"' in answer.text
    with work():
        editing.save(find(article), make.content("又改"), base_id=find(article).head_id, actor=SYSTEM, now=clock.now())
    answer = browser.client.post(f"/desk/news/{article}/correct", data={**form, "note": "标题更正。"})
    assert (answer.status_code, "标题更正。</textarea>" in answer.text) == (409, True)
    form = browser.form(page, f"/desk/news/{article}/correct")
    assert browser.client.post(f"/desk/news/{article}/correct", data={**form, "note": "标题更正。"}).status_code == 303
    with work():
        assert (find(article).state, find(article).correction) == ("corrected", "标题更正。")


def test_withdrawing_asks_first_and_for_the_reason(desk, client, work, room, an_article):
    article, browser = an_article(State.PUBLISHED), desk(room["editor"])
    page = browser.get(f"/desk/news/{article}/withdraw").text
    assert "驿站开门了" in page
    assert state_of(work, article) == "published"
    answer = act(browser, article, "withdraw", note="")
    assert (answer.status_code, "撤下要写明原因" in answer.text) == (422, True)
    act(browser, article, "withdraw", note="停电时间有变。")
    with work():
        url = find(article).url
    notice = client.get(url)
    assert (notice.status_code, "停电时间有变。" in notice.text) == (410, True)


def test_archiving_asks_first(desk, work, room, an_article):
    article, browser = an_article(), desk(room["editor"])
    assert "归档以后不能再恢复" in browser.get(f"/desk/news/{article}/archive").text
    assert state_of(work, article) == "draft"
    assert act(browser, article, "archive").status_code == 303
    assert browser.get(f"/desk/news/{article}/archive").status_code == 409


def test_a_second_click_is_a_conflict_that_is_told(desk, work, room, an_article):
    article, browser = an_article(State.APPROVED), desk(room["editor"])
    assert act(browser, article, "publish").status_code == 303
    answer = act(browser, article, "publish")
    assert (answer.status_code, "状态已经变了" in answer.text) == (409, True)
    with work():
        assert [item.action for item in desk_queries.transitions(find(article))].count("publish") == 1


def test_the_home_pages_lead_is_decided_for_the_whole_site(desk, work, room, an_article):
    article = an_article(State.PUBLISHED)
    for who, wanted in (("editor", False), ("local_chief", False), ("chief", True)):
        browser = desk(room[who])
        assert ('name="lead"' in browser.get(f"/desk/news/{article}/publish").text) is wanted, who
        assert act(browser, article, "feature", lead="y").status_code == 303
        with work():
            assert (find(article).lead_at is not None) is wanted, who
    act(desk(room["editor"]), article, "feature", pinned_until="2026-05-20T00:00")
    with work():
        assert find(article).lead_at is not None
        assert find(article).pinned_until is not None
    answer = act(desk(room["editor"]), article, "feature", pinned_until="2026-05-01T00:00")
    assert (answer.status_code, "已经过去" in answer.text, "2026-05-01T00:00" in answer.text) == (422, True, True)
    act(desk(room["chief"]), article, "feature")
    with work():
        assert (find(article).lead_at, find(article).pinned_until) == (None, None)


def test_an_approved_article_can_be_given_back(desk, work, room, an_article):
    article, browser = an_article(State.APPROVED), desk(room["editor"])
    form = browser.form(f"/desk/news/{article}/publish", f"/desk/news/{article}/return")
    assert browser.client.post(f"/desk/news/{article}/return", data={**form, "note": ""}).status_code == 422
    assert browser.client.post(f"/desk/news/{article}/return", data={**form, "note": "换题图。"}).status_code == 303
    assert state_of(work, article) == "returned"


def test_the_calendar_shows_what_is_due_by_day(desk, work, room, an_article):
    soon, later = an_article(State.APPROVED), an_article(State.APPROVED)
    with work():
        now = clock.now()
        publishing.schedule(find(soon), publish_at=now + timedelta(hours=2), actor=SYSTEM, now=now)
        publishing.publish(find(later), expires_at=now + timedelta(days=3), actor=SYSTEM, now=now)
    page = desk(room["editor"]).get("/desk/news/calendar").text
    assert page.index("2026 年 5 月 14 日 星期四") < page.index("11:30") < page.index("2026 年 5 月 17 日 星期日") < page.index("09:30")
    assert "没有定好时间的稿件" in desk(room["stranger"]).get("/desk/news/calendar").text


def test_a_headline_with_markup_stays_text_in_every_dialog(desk, work, make, room, an_article):
    article = an_article(State.PUBLISHED)
    with work():
        bad = make.content("<img src=x onerror=alert(1)>")
        editing.save(find(article), bad, base_id=find(article).head_id, actor=SYSTEM, now=clock.now())
    for page in ("publish", "withdraw", "archive"):
        assert "<img src=x" not in desk(room["editor"]).get(f"/desk/news/{article}/{page}").text
