"""The newsroom's list and editor at the HTTP seam, as a browser without JavaScript meets them."""

from __future__ import annotations

import io
import re

import pytest
from PIL import Image as Pillow
from sqlalchemy import func, select

from unionhall.base import clock, db
from unionhall.hooks.types import SYSTEM, Role
from unionhall.news import desk_queries, editing
from unionhall.news.content import Content
from unionhall.news.models import Article, State
from unionhall.orgs.models import Org
from unionhall.platform import access
from unionhall.testing.factories import actor_of


def find(article_id):
    return db.session().scalar(access.unscoped(select(Article).where(Article.id == article_id), why="test"))


def states(*ids):
    return [find(item).state for item in ids]


def count():
    return db.session().scalar(access.unscoped(select(func.count()).select_from(Article), why="test"))


def jpeg():
    file = io.BytesIO()
    Pillow.new("RGB", (900, 600), "red").save(file, "JPEG")
    return file.getvalue()


@pytest.fixture
def newsroom(work, make):
    """An org with an editor, a correspondent and an auditor, and an editor elsewhere; ids only."""
    with work():
        org, other = make.org(name="东津区总工会"), make.org(name="柳浦区总工会")
        return {
            "org": org.id, "other_org": other.id, "editor": make.account(Role.EDITOR, org, name="顾言").id,
            "writer": make.account(Role.CORRESPONDENT, org, name="沈一禾").id,
            "auditor": make.account(Role.AUDITOR, org).id, "stranger": make.account(Role.EDITOR, other).id,
        }


@pytest.fixture
def article(work, make, newsroom):
    """A draft of the correspondent's; its id."""
    with work():
        return made(make, newsroom).id


def made(make, newsroom, state=State.DRAFT, author="writer", headline="", org="org"):
    from unionhall.accounts.models import Account
    from unionhall.orgs.models import Org

    account = db.session().scalar(access.unscoped(select(Account).where(Account.id == newsroom[author]), why="test"))
    place = db.session().get(Org, newsroom[org])
    return make.article(place, author=account, state=state, content=make.content(headline) if headline else None)


def test_the_list_shows_what_each_may_see(desk, work, make, newsroom):
    with work():
        made(make, newsroom, headline="通讯员的稿")
        made(make, newsroom, author="editor", headline="编辑的稿")
        made(make, newsroom, author="stranger", headline="外单位的稿", org="other_org")
    seen = {
        "editor": (True, True, False), "auditor": (True, True, False), "writer": (True, False, False),
        "stranger": (False, False, True),
    }
    for who, wanted in seen.items():
        page = desk(newsroom[who]).get("/desk/news/").get_data(as_text=True)
        assert tuple(word in page for word in ("通讯员的稿", "编辑的稿", "外单位的稿")) == wanted, who


def test_tabs_filters_and_sorting(desk, work, make, newsroom):
    with work():
        made(make, newsroom, headline="草稿一篇")
        number = made(make, newsroom, State.SUBMITTED, headline="100%送审_一篇").number
    browser = desk(newsroom["editor"])

    def titles(query):
        page = browser.get(f"/desk/news/?{query}").get_data(as_text=True)
        return ["草稿一篇" in page, "100%送审_一篇" in page]

    assert titles("tab=draft") == [True, False]
    assert titles("tab=submitted") == [False, True]
    assert titles("q=%25") == [False, True]
    assert titles("q=%E8%8D%89%E7%A8%BF") == [True, False]
    assert titles(f"q={number}") == [False, True]
    assert titles("since=2026-05-14&until=2026-05-14") == [True, True]
    assert titles("since=2026-05-15") == [False, False]
    assert 'aria-sort="descending"' in browser.get("/desk/news/?sort=updated").get_data(as_text=True)
    assert 'aria-sort="ascending"' in browser.get("/desk/news/?sort=-published").get_data(as_text=True)
    assert "没有符合条件的稿件" in browser.get("/desk/news/?q=xyz").get_data(as_text=True)


@pytest.mark.parametrize("query", ["tab=nope", "sort=org_id", "section=x", "author=%C2%B2", "since=yesterday", "until=9999-99-99"])
def test_a_filter_that_nobody_offers_is_a_bad_request(desk, newsroom, query):
    assert desk(newsroom["editor"]).get(f"/desk/news/?{query}").status_code == 400


@pytest.mark.parametrize("page", ["0", "-1", "x", "%C2%B2", "99999999999999999999"])
def test_a_page_number_that_is_none_shows_the_first(desk, newsroom, article, page):
    assert desk(newsroom["editor"]).get(f"/desk/news/?page={page}").status_code == 200


def test_the_newsroom_is_closed_to_those_who_are_not_logged_in(client, newsroom, article):
    for path in ("/desk/news/", "/desk/news/new", f"/desk/news/{article}/edit"):
        answer = client.get(path)
        assert (answer.status_code, answer.location.startswith("/login?next=")) == (302, True)


@pytest.mark.parametrize("path", ["edit", "history", "history/1..1"])
def test_other_orgs_articles_do_not_exist(desk, newsroom, article, path):
    browser = desk(newsroom["stranger"])
    theirs, none = browser.get(f"/desk/news/{article}/{path}"), browser.get(f"/desk/news/99999/{path}")
    assert (theirs.status_code, none.status_code) == (404, 404)
    assert browser.get(f"/desk/news/99999999999999999999/{path}").status_code == 404


@pytest.mark.parametrize("path", ["edit", "autosave", "autosave/discard", "copy", "restore", "preview-link"])
def test_other_orgs_articles_cannot_be_written(desk, work, newsroom, article, path):
    answer = desk(newsroom["stranger"]).post(f"/desk/news/{article}/{path}", number="1", base="1", headline="x", then="copy")
    assert answer.status_code == 404
    with work():
        assert (count(), find(article).head.number) == (1, 1)


def test_bulk_says_how_many_moved_and_why_others_did_not(desk, work, make, newsroom):
    with work():
        one, two = made(make, newsroom).id, made(make, newsroom, State.RETURNED).id
        live = made(make, newsroom, State.PUBLISHED, headline="早已发布").id
    browser = desk(newsroom["editor"])
    answer = browser.post("/desk/news/bulk", ids=[one, two, live], action="submit", next="/desk/news/?tab=draft")
    assert (answer.status_code, answer.location) == (303, "/desk/news/?tab=draft")
    page = browser.get("/desk/news/").get_data(as_text=True)
    assert "2 篇已送审" in page
    assert "1 篇没有动。“早已发布”：稿件的状态已经变了" in page
    with work():
        assert states(one, two, live) == ["submitted", "submitted", "published"]


def test_bulk_with_one_foreign_article_changes_nothing(desk, work, make, newsroom):
    with work():
        mine = made(make, newsroom).id
        theirs = made(make, newsroom, author="stranger", org="other_org").id
    for ids in ([mine, theirs], [mine, 99999]):
        assert desk(newsroom["editor"]).post("/desk/news/bulk", ids=ids, action="submit").status_code == 404
    with work():
        assert states(mine, theirs) == ["draft", "draft"]


def test_bulk_judges_each_article_for_this_person(desk, work, make, newsroom):
    with work():
        mine = made(make, newsroom, headline="自己的")
        mine_id, live = mine.id, made(make, newsroom, State.PUBLISHED).id
    browser = desk(newsroom["writer"])
    assert browser.post("/desk/news/bulk", ids=[live], action="withdraw", confirmed="1", reason="不喜欢").status_code == 303
    assert "没有做这件事的权限" in browser.get("/desk/news/").get_data(as_text=True)
    auditor = desk(newsroom["auditor"])
    assert auditor.post("/desk/news/bulk", ids=[mine_id], action="archive", confirmed="1").status_code == 303
    with work():
        assert states(mine_id, live) == ["draft", "published"]


def test_bulk_withdraws_only_after_a_confirmation_with_a_reason(desk, work, make, newsroom):
    with work():
        live = made(make, newsroom, State.PUBLISHED, headline="<b>停电</b>通知").id
    browser = desk(newsroom["editor"])
    asked = browser.post("/desk/news/bulk", ids=[live], action="withdraw")
    assert asked.status_code == 200
    page = asked.get_data(as_text=True)
    assert "撤下 1 篇稿件" in page
    assert "&lt;b&gt;停电" in page
    refused = browser.post("/desk/news/bulk", ids=[live], action="withdraw", confirmed="1", reason=" ")
    assert (refused.status_code, "要写明原因" in refused.get_data(as_text=True)) == (422, True)
    with work():
        assert states(live) == ["published"]
    browser.post("/desk/news/bulk", ids=[live], action="withdraw", confirmed="1", reason="改期。")
    with work():
        assert (find(live).state, find(live).withdrawal) == ("withdrawn", "改期。")


def test_bulk_refiles_and_archives(desk, work, make, newsroom):
    with work():
        section, one = make.section().id, made(make, newsroom).id
    browser = desk(newsroom["editor"])
    browser.post("/desk/news/bulk", ids=[one], action="move", section=section)
    with work():
        assert find(one).section_id == section
    assert browser.post("/desk/news/bulk", ids=[one], action="archive").status_code == 200
    browser.post("/desk/news/bulk", ids=[one], action="archive", confirmed="1")
    with work():
        assert states(one) == ["archived"]


def test_bulk_sends_nobody_elsewhere_and_knows_its_words(desk, newsroom, article):
    browser = desk(newsroom["editor"])
    assert browser.post("/desk/news/bulk", ids=[article], action="submit", next="//evil.example").location == "/desk/news/"
    assert browser.post("/desk/news/bulk", ids=[article], action="drop").status_code == 400
    assert browser.post("/desk/news/bulk", ids=["x"], action="submit").status_code == 400
    assert browser.post("/desk/news/bulk", ids=[article], action="move", section="99").status_code == 400
    assert browser.post("/desk/news/bulk", action="submit").status_code == 303


def test_writing_a_new_article(desk, work, newsroom):
    browser = desk(newsroom["writer"])
    form = browser.form("/desk/news/new")
    assert (form["byline_role"], form["byline_names"]) == (["correspondent"], ["沈一禾"])
    written = {"headline": ["小哥食堂开张"], "body": ["七元一荤。\n## 两素\n一汤。"], "tags": ["民生，食堂"]}
    answer = browser.post("/desk/news/new", **form | written)
    assert answer.status_code == 303
    with work():
        article = find(int(answer.location.split("/")[3]))
        assert (article.state, article.author_id, article.org_id) == ("draft", newsroom["writer"], newsroom["org"])
        assert article.head.body == "<p>七元一荤。</p><h2>两素</h2><p>一汤。</p>"
        lines = [(item.role, item.name, item.account_id) for item in article.head.bylines]
        assert lines == [("correspondent", "沈一禾", newsroom["writer"])]
        assert [tag.name for tag in article.head.tags] == ["民生", "食堂"]


def test_a_new_article_may_go_to_review_at_once(desk, work, newsroom):
    browser = desk(newsroom["writer"])
    form = browser.form("/desk/news/new") | {"headline": ["送审"], "then": ["submit"]}
    answer = browser.post("/desk/news/new", **form)
    assert "已送审" in browser.get(answer.location).get_data(as_text=True)
    with work():
        assert states(int(answer.location.split("/")[3])) == ["submitted"]


def test_a_form_with_errors_keeps_everything(desk, work, newsroom):
    browser = desk(newsroom["writer"])
    form = browser.form("/desk/news/new") | {
        "headline": ["  "], "kicker": ["长" * 81], "body": ["写了很久的正文"], "byline_role": ["reporter", "photographer"],
        "byline_names": ["甲、乙", "丙"], "byline_org": ["", ""], "byline_login": ["", ""], "seo_title": ["搜"],
    }
    answer = browser.post("/desk/news/new", **form)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "<title>错误：" in page
    assert "2 处需要改" in page
    for kept in ("长" * 81, "写了很久的正文", 'value="甲、乙"', 'value="丙"', 'value="搜"'):
        assert kept in page, kept
    with work():
        assert count() == 0


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"byline_login": ["nobody"]}, "没有找到登录名“nobody”"), ({"byline_names": ["甲、乙"]}, "几个人都要关联"),
        ({"byline_org": ["不存在的工会"]}, "没有找到叫“不存在的工会”的组织"), ({"byline_role": ["boss"]}, "从列表里选"),
        ({"related": ["A-20260514-999"]}, "没有找到编号"), ({"related": ["看这篇"]}, "没有找到编号 看这篇"),
        ({"cover_id": ["77"]}, "这张图刚刚被删除，或者不在你能用的范围里"), ({"org_id": ["1"]}, "以哪个组织的名义"), ({"section_id": ["99"]}, "请选择栏目"),
    ],
)
def test_what_leads_nowhere_is_said_at_its_field(desk, work, newsroom, changes, says):
    browser = desk(newsroom["writer"])
    answer = browser.post("/desk/news/new", **browser.form("/desk/news/new") | {"headline": ["题"]} | changes)
    assert (answer.status_code, says in answer.get_data(as_text=True)) == (422, True)
    with work():
        assert count() == 0


def test_the_linked_name_among_several_gets_a_line_alone(desk, work, newsroom):
    browser = desk(newsroom["writer"])
    form = browser.form("/desk/news/new")
    writer = form["byline_names"][0]
    answer = browser.post("/desk/news/new", **form | {"headline": ["题"], "byline_names": [f"罗工宣、{writer}、周牧"]})
    assert answer.status_code == 303
    with work():
        lines = [(line.name, line.line, line.account_id is not None) for line in find(int(answer.location.split("/")[3])).head.bylines]
    assert lines == [("罗工宣", 0, False), (writer, 1, True), ("周牧", 2, False)]


def test_a_foreign_account_cannot_be_linked_and_answers_like_none(desk, work, make, newsroom):
    with work():
        login = make.account(Role.EDITOR, make.org(), login="far-away").login
    browser = desk(newsroom["writer"])
    form = browser.form("/desk/news/new") | {"headline": ["题"], "byline_login": [login]}
    assert "没有找到登录名“far-away”" in browser.post("/desk/news/new", **form).get_data(as_text=True)


def test_row_buttons_rearrange_and_save_nothing(desk, work, newsroom, article, read):
    browser, path = desk(newsroom["writer"]), f"/desk/news/{article}/edit"
    form = browser.form(path) | {
        "headline": ["改了一半"], "byline_role": ["reporter", "editor"], "byline_names": ["甲", "乙"], "byline_org": ["", ""],
        "byline_login": ["", ""],
    }

    def after(order):
        answer = browser.post(path, **form | {"rows": [order]})
        assert answer.status_code == 200
        shown = read(answer.get_data(as_text=True), path)
        assert shown["headline"] == ["改了一半"]
        return list(zip(shown["byline_role"], shown["byline_names"], strict=True))

    one, two = ("reporter", "甲"), ("editor", "乙")
    assert after("bylines:up:1") == [two, one]
    assert after("bylines:down:0") == [two, one]
    assert after("bylines:up:0") == after("bylines:down:1") == after("bylines:what:9") == [one, two]
    assert after("bylines:remove:0") == [two]
    assert after("bylines:add") == [one, two, ("correspondent", "")]
    with work():
        assert find(article).head.number == 1


def test_related_articles_are_shown_by_title_before_saving(desk, work, make, newsroom, article):
    with work():
        number = made(make, newsroom, State.PUBLISHED, headline="看得见的题目").number
    browser, path = desk(newsroom["writer"]), f"/desk/news/{article}/edit"
    page = browser.post(path, **browser.form(path) | {"related": [f"{number}, 没有"], "rows": ["related:check"]}).get_data(as_text=True)
    assert "看得见的题目" in page
    assert "没有找到" in page


def test_two_people_at_once_see_both_versions_and_lose_nothing(desk, work, newsroom, article, read):
    one, two, path = desk(newsroom["writer"]), desk(newsroom["editor"]), f"/desk/news/{article}/edit"
    mine, theirs = one.form(path), two.form(path)
    assert two.post(path, **theirs | {"headline": ["对方的标题"], "body": ["<p>对方的正文。</p>"]}).status_code == 303
    clash = one.post(path, **mine | {"headline": ["我的标题"], "body": ["<p>我的正文。</p>"], "kicker": ["我的引题"]})
    page = clash.get_data(as_text=True)
    assert clash.status_code == 409
    for word in ("对方的标题", "对方的正文。", "我的标题", "我的正文。", "用我的覆盖", "放弃我的"):
        assert word in page, word
    kept = read(page, path)
    assert (kept["headline"], kept["body"], kept["kicker"]) == (["我的标题"], ["<p>我的正文。</p>"], ["我的引题"])
    taken = one.post(path, **kept | {"rows": ["take:headline"]})
    merged = read(taken.get_data(as_text=True), path)
    assert (merged["headline"], merged["body"]) == (["对方的标题"], ["<p>我的正文。</p>"])
    assert one.post(path, **merged | {"then": ["save"]}).status_code == 303
    with work():
        head = find(article).head
        assert (head.number, head.headline, head.body, head.kicker) == (3, "对方的标题", "<p>我的正文。</p>", "我的引题")


def test_the_conflict_page_is_safe_to_look_at(desk, newsroom, article):
    one, two, path = desk(newsroom["writer"]), desk(newsroom["editor"]), f"/desk/news/{article}/edit"
    mine, theirs = one.form(path), two.form(path)
    two.post(path, **theirs | {"headline": ["<script>alert(1)</script>"], "body": ['<p onclick="x()">a</p>']})
    wild = {"headline": ['"><script>alert(2)</script>'], "body": ["<script>alert(3)</script>"]}
    page = one.post(path, **mine | wild).get_data(as_text=True)
    for word in ("<script>alert", 'onclick="x()"'):
        assert word not in page


def test_an_article_that_moved_on_keeps_the_text_and_offers_a_new_one(desk, work, newsroom, article):
    from unionhall.news import review

    browser, path = desk(newsroom["writer"]), f"/desk/news/{article}/edit"
    form = browser.form(path) | {"headline": ["正写着"]}
    with work():
        review.submit(find(article), actor=SYSTEM, now=clock.now())
    answer = browser.post(path, **form)
    assert (answer.status_code, "正写着" in answer.get_data(as_text=True)) == (403, True)
    copied = browser.post(path, **form | {"then": ["copy"]})
    assert copied.status_code == 303
    with work():
        assert (find(article).head.number, count()) == (1, 2)
        assert find(int(copied.location.split("/")[3])).head.headline == "正写着"


def test_without_a_login_the_typed_text_comes_back_in_a_form(client, desk, newsroom, article):
    path = f"/desk/news/{article}/edit"
    form = desk(newsroom["writer"]).form(path) | {"headline": ["过期了"], "body": ["写了<b>很久</b>"], "byline_names": ["甲、乙"]}
    answer = client.post(path, data=form)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 401
    for kept in ("过期了", "写了&lt;b&gt;很久", 'value="甲、乙"', f'name="base" value="{form["base"][0]}"', f'action="{path}"'):
        assert kept in page, kept
    assert "no-store" in answer.headers["Cache-Control"]
    elsewhere = client.post(path, data=form, headers={"Sec-Fetch-Site": "cross-site"})
    assert (elsewhere.status_code, "过期了" in elsewhere.get_data(as_text=True)) == (302, False)


@pytest.mark.parametrize("token", ["", "wrong"])
def test_a_stale_token_keeps_the_text_and_one_from_elsewhere_is_refused(desk, work, newsroom, article, read, token):
    browser, path = desk(newsroom["writer"]), f"/desk/news/{article}/edit"
    form = browser.form(path) | {"headline": ["还在"], "csrf_token": [token]}
    answer = browser.client.post(path, data=form)
    assert answer.status_code == 400
    again = read(answer.get_data(as_text=True), path)
    assert again["headline"] == ["还在"]
    foreign = browser.client.post(path, data=form, headers={"Origin": "https://evil.example"})
    assert (foreign.status_code, "还在" in foreign.get_data(as_text=True)) == (400, False)
    with work():
        assert find(article).head.number == 1
    assert browser.client.post(path, data=again).status_code == 303


def test_autosave_keeps_tells_and_offers_to_restore(desk, work, newsroom, article, read):
    browser, path = desk(newsroom["writer"]), f"/desk/news/{article}/edit"
    form = browser.form(path) | {"headline": ["自动保存的"], "admin": ["1"]}
    headers = {"Accept": "application/json"}
    kept = browser.client.post(f"/desk/news/{article}/autosave", data=form, headers=headers)
    assert (kept.status_code, kept.json["message"]) == (200, "已自动保存 09:30")
    assert "你有没保存的内容" in browser.get(path).get_data(as_text=True)
    shown = read(browser.get(f"{path}?restore=1").get_data(as_text=True), path)
    assert (shown["headline"], shown["base"]) == (["自动保存的"], form["base"])
    with work():
        actor = actor_of_id(newsroom["writer"])
        assert "admin" not in desk_queries.my_autosave(find(article), actor).fields
        editing.save(find(article), Content(headline="先存了"), base_id=find(article).head_id, actor=SYSTEM, now=clock.now())
    late = browser.client.post(f"/desk/news/{article}/autosave", data=form, headers=headers)
    assert late.status_code == 409
    assert "有人先保存了" in late.json["message"]
    assert browser.post(path, **shown).status_code == 409
    browser.post(f"/desk/news/{article}/autosave/discard")
    assert "你有没保存的内容" not in browser.get(path).get_data(as_text=True)


def actor_of_id(account_id):
    from unionhall.accounts.models import Account

    account = db.session().scalar(access.unscoped(select(Account).where(Account.id == account_id), why="test"))
    return actor_of(account, clock.now())


def test_somebody_else_in_the_same_article_is_named(desk, newsroom, article):
    path = f"/desk/news/{article}/edit"
    desk(newsroom["editor"]).get(path)
    assert "顾言也打开了这篇稿" in desk(newsroom["writer"]).get(path).get_data(as_text=True)


def choose(browser, path, form, read, *files, **own):
    """Go to the chooser as the cover's button does, with what stands in the form and files; return the form of the page there."""
    target = "/desk/media/choose"
    data = {"csrf_token": browser.token(), "pick-field": "cover_id", "pick-want": "image", "pick-back": path, **form, **own}
    answer = browser.client.post(target, data=data | {"pick-file": list(files)})
    return answer, read(answer.get_data(as_text=True), target)


def test_a_cover_is_chosen_without_scripts_and_nothing_typed_is_lost(desk, work, newsroom, article, read):
    browser, path = desk(newsroom["writer"]), f"/desk/news/{article}/edit"
    form = browser.form(path) | {"headline": [""], "body": ["第一行\r\n\r\n“第三行”"], "byline_names": ["甲、乙"]}
    answer, there = choose(browser, path, form, read, (io.BytesIO(jpeg()), "车间.jpg"), (io.BytesIO(b"nothing"), "坏.jpg"))
    page = answer.get_data(as_text=True)
    assert (answer.status_code, "“坏.jpg”：这个文件不是图片" in page, 'formaction="' + path in page) == (422, True, True)
    number = re.search(r'name="pick-ids" value="(\d+)"[^>]* checked', page)[1]
    answer, there = choose(browser, path, there, read, **{"pick-ids": number, "pick-q": "找不到的"})
    assert (answer.status_code, there["headline"], "没有结果" in answer.get_data(as_text=True)) == (200, [""], True)

    back = browser.post(path, **there | {"pick-ids": [number], "rows": ["cover_id:use"]})
    shown = read(back.get_data(as_text=True), path)
    assert (back.status_code, shown["cover_id"], shown["byline_names"]) == (200, [number], ["甲、乙"])
    assert shown["body"][0].split() == ["第一行", "“第三行”"]
    with work():
        assert find(article).head.cover_id is None
    assert browser.post(path, **shown | {"headline": ["有题了"]}).status_code == 303
    with work():
        head = find(article).head
        assert (head.cover.file_name, head.cover.width, head.cover.org_id) == ("车间.jpg", 900, newsroom["org"])
    gone = read(browser.post(path, **browser.form(path) | {"cover_alt": ["红"], "rows": ["cover_id:remove"]}).get_data(as_text=True), path)
    assert (gone["cover_id"], gone["cover_alt"]) == ([""], [""])


def test_a_chosen_cover_brings_its_words_where_there_are_none(desk, work, make, newsroom, article, read):
    with work():
        org = db.session().get_one(Org, newsroom["org"])
        one, two = (make.picture(org, alt=f"替{n}", caption=f"说{n}", credit=f"摄{n}").id for n in (1, 2))
    browser, path = desk(newsroom["writer"]), f"/desk/news/{article}/edit"

    def use(form, number):
        return read(browser.post(path, **form | {"pick-ids": [str(number)], "rows": ["cover_id:use"]}).get_data(as_text=True), path)

    def words(form):
        return [form[name][0] for name in ("cover_alt", "cover_caption", "cover_credit")]

    first = use(browser.form(path) | {"cover_caption": ["我写的说明"]}, one)
    assert words(first) == ["替1", "我写的说明", "摄1"]
    assert words(use(first, two)) == ["替2", "我写的说明", "摄2"]


def test_the_cover_that_an_article_has_stays_also_for_who_could_not_choose_it(desk, work, make, newsroom, article, read):
    with work():
        theirs = db.session().get_one(Org, newsroom["other_org"])
        foreign, other = make.picture(theirs).id, make.picture(theirs).id
        found = find(article)
        editing.save(found, make.content("带图", cover_id=foreign), base_id=found.head_id, actor=SYSTEM, now=clock.now())
    browser, path = desk(newsroom["writer"]), f"/desk/news/{article}/edit"
    form = browser.form(path)
    assert form["cover_id"] == [str(foreign)]
    assert browser.post(path, **form | {"headline": ["改题"]}).status_code == 303
    answer = browser.post(path, **browser.form(path) | {"cover_id": [str(other)]})
    assert (answer.status_code, "不在你能用的范围里" in answer.get_data(as_text=True)) == (422, True)
    with work():
        head = find(article).head
        assert (head.headline, head.cover_id) == ("改题", foreign)


def test_a_draft_tells_which_pictures_lack_a_credit(desk, work, make, newsroom, article):
    with work():
        org, found = db.session().get_one(Org, newsroom["org"]), find(article)
        bare, told = make.picture(org), make.picture(org, caption="说明", credit="周牧")
        body = "".join(f'<figure class="figure"><img src="{asset.address}" alt="图"></figure>' for asset in (told, bare))
        editing.save(found, make.content("带图", cover_id=bare.id, body=body), base_id=found.head_id, actor=SYSTEM, now=clock.now())
    page = desk(newsroom["writer"]).get(f"/desk/news/{article}/edit").get_data(as_text=True)
    assert ("题图还缺说明或摄影署名。" in page, "正文第 2 张图还缺说明或摄影署名。" in page) == (True, True)


def test_other_orgs_images_are_not_shown_by_number(desk, work, make, newsroom, article):
    with work():
        image = make.picture(db.session().get_one(Org, newsroom["other_org"]), stem="cd" * 16)
        number = image.id
    browser, path = desk(newsroom["writer"]), f"/desk/news/{article}/edit"
    page = browser.post(path, **browser.form(path) | {"cover_id": [str(number)], "rows": ["bylines:add"]}).get_data(as_text=True)
    assert "cdcd" not in page


def test_those_who_may_only_read_get_the_article_to_read(desk, newsroom, article):
    browser = desk(newsroom["auditor"])
    page = browser.get(f"/desk/news/{article}/edit").get_data(as_text=True)
    assert "正文第一段" in page
    assert 'name="headline"' not in page
    answer = browser.post(f"/desk/news/{article}/edit", headline="x", base="1", section_id="1", org_id=str(newsroom["org"]))
    assert answer.status_code == 403
    assert browser.get("/desk/news/new").status_code == 403


def test_a_return_shows_its_reason_and_who_gave_it(desk, work, make, newsroom):
    from unionhall.news import review

    with work():
        article = made(make, newsroom, State.SUBMITTED)
        review.give_back(article, reason="第二段请补来源。", actor=actor_of_id(newsroom["editor"]), now=clock.now())
        article_id = article.id
    page = desk(newsroom["writer"]).get(f"/desk/news/{article_id}/edit").get_data(as_text=True)
    assert "第二段请补来源。" in page
    assert "退回修改：顾言" in page


def test_a_copy_is_a_new_draft(desk, work, make, newsroom):
    with work():
        live = made(make, newsroom, State.PUBLISHED, headline="原稿").id
    answer = desk(newsroom["editor"]).post(f"/desk/news/{live}/copy")
    with work():
        copy = find(int(answer.location.split("/")[3]))
        assert (copy.state, copy.head.headline, copy.author_id) == ("draft", "原稿", newsroom["editor"])


def test_saving_a_live_article_says_that_readers_still_see_the_old_one(desk, work, make, newsroom):
    with work():
        live = made(make, newsroom, State.PUBLISHED).id
    browser, path = desk(newsroom["editor"]), f"/desk/news/{live}/edit"
    browser.post(path, **browser.form(path) | {"headline": ["改了"]})
    assert "发布更正后才会换" in browser.get(path).get_data(as_text=True)
    with work():
        assert find(live).live.headline != "改了"


def test_a_list_makes_the_same_number_of_queries_for_one_and_for_many(desk, work, make, newsroom, app):
    from sqlalchemy import event

    asked = []

    def note(*_args):
        asked.append(1)

    def cost():
        browser = desk(newsroom["editor"])
        browser.get("/desk/news/")
        with app.app_context():
            engine = db.engine()
        event.listen(engine, "before_cursor_execute", note)
        asked.clear()
        browser.get("/desk/news/")
        event.remove(engine, "before_cursor_execute", note)
        return len(asked)

    with work():
        made(make, newsroom)
    one = cost()
    with work():
        for _ in range(4):
            made(make, newsroom, author="editor")
    assert cost() == one


@pytest.mark.both
def test_a_form_that_is_sent_several_times_at_once_stores_one_article_and_one_revision(app, desk, work, newsroom):
    from concurrent.futures import ThreadPoolExecutor

    browsers = [desk(newsroom["writer"]) for _ in range(4)]
    form = browsers[0].form("/desk/news/new") | {"headline": ["只有一篇"]}
    forms = [form | {"csrf_token": [browser.token()]} for browser in browsers]

    def send(path, values):
        with ThreadPoolExecutor(len(browsers)) as pool:
            jobs = [pool.submit(browser.client.post, path, data=data) for browser, data in zip(browsers, values, strict=True)]
            return {(job.result().status_code, job.result().location) for job in jobs}

    answers = send("/desk/news/new", forms)
    assert len(answers) == 1
    path = next(iter(answers))[1]
    with work():
        assert count() == 1
    again = browsers[0].form(path) | {"headline": ["改一次"]}
    assert send(path, [again | {"csrf_token": [browser.token()]} for browser in browsers]) == {(303, path)}
    with work():
        assert find(int(path.split("/")[3])).head.number == 2


def test_a_form_sent_again_with_other_words_is_another_article(desk, work, newsroom):
    browser = desk(newsroom["writer"])
    form = browser.form("/desk/news/new")
    first, second = (browser.post("/desk/news/new", **form | {"headline": [title]}).location for title in ("甲", "乙"))
    assert first != second
    with work():
        assert count() == 2
