"""The news as readers see it."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from datetime import timedelta

import pytest
from sqlalchemy import select

from unionhall.base import clock, db
from unionhall.hooks.types import SYSTEM
from unionhall.news import editing, publishing
from unionhall.news.content import BylineLine
from unionhall.news.models import Article, State
from unionhall.orgs.models import OrgKind
from unionhall.platform.access import unscoped


def publish(work, make, **given):
    """Return the address of a new live article."""
    with work():
        return make.article(state=State.PUBLISHED, **given).url


def test_an_article_shows_everything_that_a_newspaper_shows(client, work, make):
    with work():
        image = make.picture(stem="ab" * 16)
        content = make.content(
            "老师傅的绝活", kicker="夜班小课堂", subhead="拆成四十二个动作", slug_line="本网讯", cover_id=image.id, cover_alt="两名职工",
            cover_caption="装配二车间。", cover_credit="周牧", body="<p>第一段。</p><p>第二段。</p>", tags=("技能",),
            bylines=(BylineLine("reporter", ("林晓棠",)), BylineLine("correspondent", ("沈一禾", "罗工宣")),
                     BylineLine("source_org", ("某某工会",), org_id=make.root.id)),
        )
        url = make.article(state=State.PUBLISHED, content=content).url
    page = client.get(url).get_data(as_text=True)
    for part in (
        '<p class="article__kicker">夜班小课堂</p>', '<h1 class="article__title">老师傅的绝活</h1>',
        '<p class="article__sub">拆成四十二个动作</p>',
        '<p><span class="slug">本网讯</span>第一段。</p>', "<dt>记者</dt>", "<dt>通讯员</dt>", "<dt>供稿</dt>", 'href="/orgs/zong/"',
        '<span class="figure__credit">摄影 周牧</span>', "-960.webp 960w", 'alt="两名职工"', "2026-05-14 09:30", 'property="og:image"',
        "/news/tag/", "qr.svg", "data-needs-js",
    ):  # fmt: skip
        assert part in page, part
    assert page.count('class="slug"') == 1
    data = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)[1])
    assert data["@type"] == "NewsArticle"
    assert [person["name"] for person in data["author"]] == ["林晓棠", "沈一禾", "罗工宣"]
    assert data["datePublished"].startswith("2026-05-14T01:30")
    assert data["image"] == [f"http://127.0.0.1:8000{image_src()}"]


def image_src():
    return f"/media/ab/{'ab' * 16}.jpg"


def test_pictures_in_the_text_come_in_the_sizes_there_are_and_tables_scroll(client, work, make):
    with work():
        make.picture(stem="ab" * 16)
        caption = '<figcaption>图说。<span class="figure__credit">摄影 周牧</span></figcaption>'
        figure = f'<figure class="figure"><img src="{image_src()}" alt="图">{caption}</figure>'
        body = f"<p>文。</p>{figure}<table><tbody><tr><td>1</td></tr></tbody></table>"
        url = make.article(state=State.PUBLISHED, content=make.content(body=body)).url
    page = client.get(url).get_data(as_text=True)
    assert '<picture><source type="image/webp" srcset="/media/ab/' in page
    assert 'loading="lazy"' in page
    assert '<table class="table">' in page


@pytest.mark.parametrize("body", ['<p onclick="x()">a</p>', "<p>a</p><script>x()</script>", '<p><a href="javascript:x()">a</a></p>'])
def test_a_body_is_cleaned_again_when_it_is_shown(client, work, make, body):
    with work():
        article = make.article(state=State.PUBLISHED)
        article.live.body = body
        url = article.url
    text = re.search(r'<div class="prose".*?</div>', client.get(url).get_data(as_text=True), re.S)[0]
    assert "x()" not in text


@pytest.mark.parametrize("state", [State.DRAFT, State.SUBMITTED, State.RETURNED, State.APPROVED, State.SCHEDULED])
def test_what_is_not_published_is_nowhere(client, work, make, state):
    with work():
        article = make.article(state=state, content=make.content("不能泄露的标题", tags=("密",)))
        url, number = article.url, article.number
    for address in (url, url + "qr.svg", "/news/tag/密/", "/news/by/林晓棠/"):
        assert client.get(address).status_code == 404, address
    for address in ("/", "/news/", "/news/news/", "/orgs/zong/", "/feed.xml", "/news/news/feed.xml", "/sitemap.xml"):
        page = client.get(address).get_data(as_text=True)
        assert "不能泄露的标题" not in page, address
        assert url not in page
        assert number not in page


def test_an_edit_of_a_live_article_waits_for_its_correction(client, work, make):
    with work():
        article = make.article(state=State.PUBLISHED, content=make.content("原来的标题"))
        editing.save(article, make.content("还没发的标题"), base_id=article.head_id, actor=SYSTEM, now=clock.now())
        url = article.url
    page = client.get(url).get_data(as_text=True)
    assert "原来的标题" in page
    assert "还没发的标题" not in page


def test_a_correction_is_said_with_its_time_and_its_record(client, work, make, at):
    with work():
        article = make.article(state=State.PUBLISHED)
        for note in ("首段“一车间”应为“二车间”。", "人名更正。"):
            at("2026-05-14 10:12")
            editing.save(article, make.content(), base_id=article.head_id, actor=SYSTEM, now=clock.now())
            publishing.correct(article, note=note, revision_id=article.head_id, actor=SYSTEM, now=clock.now())
        url = article.url
    page = client.get(url).get_data(as_text=True)
    assert "本文 5 月 14 日 10:12 更正：人名更正。" in page
    assert "首段“一车间”应为“二车间”。" in page
    assert "首次发布" in page


def test_a_withdrawn_article_keeps_its_address_and_says_why(client, work, make):
    with work():
        article = make.article(state=State.WITHDRAWN, content=make.content("撤下的标题", body="<p>撤下的正文</p>"))
        url, number = article.url, article.id
    answer = client.get(url)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 410
    assert "事实有误，正在核实。" in page
    assert "2026-05-14 09:30" in page
    assert "撤下的正文" not in page
    assert 'content="noindex"' in page
    with work():
        publishing.archive(db.session().scalars(unscoped(select(Article).where(Article.id == number), why="test")).one(), actor=SYSTEM, now=clock.now())
    assert client.get(url).status_code == 410, "archiving must not bring it back"


def test_an_archived_article_is_readable_with_a_banner_and_not_indexed(client, work, make):
    with work():
        url = make.article(state=State.ARCHIVED, content=make.content("旧闻")).url
    page = client.get(url).get_data(as_text=True)
    assert "已经归档" in page
    assert 'content="noindex"' in page
    assert "旧闻" not in client.get("/news/").get_data(as_text=True)


def test_the_old_section_leads_to_the_new_one(client, work, make):
    url = publish(work, make)
    slug = url.rstrip("/").rpartition("/")[2]
    answer = client.get(f"/news/elsewhere/{slug}/")
    assert (answer.status_code, answer.location) == (301, url)


def test_lists_are_paged_and_filtered_by_org(client, work, make):
    with work():
        city = make.org(name="青禾市总工会")
        make.article(state=State.PUBLISHED, org=make.org(city, OrgKind.DISTRICT), content=make.content("下级的新闻"))
        for _ in range(21):
            make.article(state=State.PUBLISHED)
        slug, empty = city.slug, make.org(name="没有稿件的工会").slug
    first = client.get("/news/news/").get_data(as_text=True)
    assert "共 22 篇" in first
    assert 'href="/news/news/?page=2"' in first
    assert client.get("/news/news/?page=2").status_code == 200
    assert client.get("/news/news/?page=3").status_code == 404
    page = client.get(f"/news/news/?org={slug}").get_data(as_text=True)
    assert "共 1 篇" in page
    assert "下级的新闻" in page
    assert "还没有文章" in client.get(f"/news/news/?org={empty}").get_data(as_text=True)
    assert client.get("/news/news/?org=nobody").status_code == 404
    assert client.get("/news/nothing/").status_code == 404


def test_a_section_has_its_own_feed(client, work, make):
    with work():
        other = make.section(slug="craft", name="匠心")
        make.article(state=State.PUBLISHED, section=other, content=make.content("匠心的新闻"))
        make.article(state=State.PUBLISHED, content=make.content("别的新闻"))
    feed = client.get("/news/craft/feed.xml").get_data(as_text=True)
    ET.fromstring(feed)
    assert "匠心的新闻" in feed
    assert "别的新闻" not in feed
    assert "匠心" in feed


def test_pages_of_a_name_and_of_a_tag(client, work, make):
    publish(work, make, content=make.content("署名文章", tags=("高温",)))
    assert "署名文章" in client.get("/news/by/林晓棠/").get_data(as_text=True)
    assert "署名文章" in client.get("/news/tag/高温/").get_data(as_text=True)
    assert client.get("/news/by/无名氏/").status_code == 404
    assert client.get("/news/tag/没有/").status_code == 404


def test_the_qr_code_is_drawn_here(client, work, make):
    answer = client.get(publish(work, make) + "qr.svg")
    assert answer.mimetype == "image/svg+xml"
    ET.fromstring(answer.data)


def test_neighbours_and_related_stories_are_offered(client, work, make, at):
    with work():
        older = make.article(state=State.PUBLISHED, content=make.content("更早的一篇")).url
    at("2026-05-14 10:00")
    url = publish(work, make)
    at("2026-05-14 11:00")
    newer = publish(work, make, content=make.content("更晚的一篇"))
    page = client.get(url).get_data(as_text=True)
    assert f'href="{older}" rel="prev"' in page
    assert f'href="{newer}" rel="next"' in page
    assert "相关报道" in page


def test_the_home_page_leads_with_the_chosen_story_and_puts_notices_aside(client, work, make):
    with work():
        chosen = make.article(state=State.PUBLISHED, content=make.content("头条"))
        publishing.feature(chosen, lead=True, pinned_until=clock.now() + timedelta(days=1), actor=SYSTEM, now=clock.now())
        make.article(state=State.PUBLISHED, section=make.section(slug="notices", name="公告"), content=make.content("端午安排"))
        make.article(state=State.PUBLISHED, org=make.org(), content=make.content("基层动态"))
    page = client.get("/").get_data(as_text=True)
    lead = re.search(r'<article class="story story--lead">.*?</article>', page, re.S)[0]
    assert "头条" in lead
    assert "端午安排" in page[page.index("<aside"):]
    assert "各地工会" in page


def test_times_are_told_as_people_tell_them(app, at):
    from unionhall.site import formatting

    moment = at("2026-05-14 07:30")
    with app.test_request_context("/"):
        assert formatting.day(moment) == "今天 07:30"
        assert formatting.day(moment - timedelta(hours=8)) == "昨天"
        assert formatting.day(moment - timedelta(days=20)) == "4 月 24 日"
        assert formatting.day(moment - timedelta(days=400)) == "2025 年 4 月 9 日"
        assert formatting.shortday(moment) == "05-14"
        assert formatting.moment(moment) == "2026-05-14 07:30"
        assert formatting.iso(moment) == "2026-05-14T07:30:00+08:00"
        assert formatting.rfc3339(moment) == "2026-05-13T23:30:00Z"
        assert formatting.longday(moment) == "2026 年 5 月 14 日 星期四"
        assert formatting.number(1284) == "1,284"


def test_a_body_that_was_changed_past_the_editor_is_cleaned_when_it_is_shown(client, work, make):
    from sqlalchemy import update

    from unionhall.news.models import Revision

    with work() as session:
        article = make.article(state=State.PUBLISHED)
        session.execute(update(Revision).where(Revision.id == article.live_id).values(body="<p>改过的</p><script>alert(1)</script>"))
        url = article.url
    page = client.get(url).text
    assert "改过的" in page
    assert "alert(1)" not in page
