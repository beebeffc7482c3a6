"""Pictures in articles: the present file wherever it is shown, the library's words where the article has none, uses kept true."""

from __future__ import annotations

import io
import re

import pytest
from PIL import Image
from sqlalchemy import select
from werkzeug.test import Client
from werkzeug.wrappers import Response

from unionhall.base import clock, db
from unionhall.base.errors import Conflict
from unionhall.hooks.types import SYSTEM
from unionhall.media import renditions, replacing, services, uses
from unionhall.media.models import Asset, Use
from unionhall.media.services import Details
from unionhall.news import desk_queries, editing, pictures, publishing
from unionhall.news.models import State
from unionhall.platform import access
from unionhall.platform.pagecache import layer, purges, shelf
from unionhall.site import display

BARE = '<p>文。</p><figure class="figure"><img src="{src}" alt=""></figure>'
SAID = {"cover_alt": "图", "cover_caption": "说明", "cover_credit": "周牧"}


def jpeg(colour):
    file = io.BytesIO()
    Image.new("RGB", (1200, 800), colour).save(file, "JPEG")
    return file.getvalue()


def find(asset_id):
    return db.session().scalar(access.unscoped(select(Asset).where(Asset.id == asset_id), why="test"))


def noted(article_id):
    rows = db.session().scalars(select(Use.asset_id).where(Use.kind == pictures.KIND, Use.object_id == article_id))
    return set(rows)


@pytest.fixture
def photo(work, make):
    """A picture in the library with its files, described; its id."""
    with work():
        said = Details(alt="两名职工", caption="装配二车间。", credit="周牧")
        return services.keep(services.prepare(jpeg("red")), "车间.jpg", org=make.root, details=said, actor=SYSTEM, now=clock.now()).asset.id


@pytest.fixture
def story(work, make, photo):
    """A live article with the picture as its cover and, without any words, in its body; (id, address)."""
    with work():
        body = BARE.format(src=find(photo).address)
        article = make.article(state=State.PUBLISHED, content=make.content("装配二车间的夜班", cover_id=photo, body=body))
        return article.id, article.url


def replace(work, photo, colour="blue"):
    with work():
        asset = find(photo)
        replacing.replace(asset, services.prepare(jpeg(colour)), "新.jpg", base=asset.edits, actor=SYSTEM, now=clock.now())
    with work():
        return find(photo).src


def shown(client, *addresses):
    return {address: client.get(address).get_data(as_text=True) for address in addresses}


def test_the_librarys_words_stand_where_the_article_has_none(client, story):
    page = client.get(story[1]).get_data(as_text=True)
    assert page.count('<span class="figure__credit">摄影 周牧</span>') == 2
    assert page.count("装配二车间。") >= 2
    assert 'property="og:image:alt" content="两名职工"' in page
    assert page.count('alt="两名职工"') == 2


@pytest.mark.parametrize(("caption", "wanted"), [
    ("自己的话。", '<figcaption>自己的话。<span class="figure__credit">摄影 周牧</span></figcaption>'),
    ('<span class="figure__credit">摄影 别人</span>', '<figcaption>装配二车间。<span class="figure__credit">摄影 别人</span></figcaption>'),
    ('自己。<span class="figure__credit">摄影 别人</span>', '<figcaption>自己。<span class="figure__credit">摄影 别人</span></figcaption>'),
])  # fmt: skip
def test_an_articles_own_words_go_first(client, work, make, photo, caption, wanted):
    with work():
        body = BARE.format(src=find(photo).address).replace("</figure>", f"<figcaption>{caption}</figcaption></figure>")
        url = make.article(state=State.PUBLISHED, content=make.content(body=body)).url
    assert wanted in client.get(url).get_data(as_text=True)


def test_words_of_the_library_are_no_way_into_the_page(client, work, story, photo):
    with work():
        asset = find(photo)
        bad = Details(alt='"><script>alert(1)</script>', caption="<script>alert(2)</script>", credit="<b>周牧</b>")
        services.edit(asset, bad, base=asset.edits, actor=SYSTEM, now=clock.now())
    page = client.get(story[1]).get_data(as_text=True)
    assert "alert(2)" in page
    assert "<script>alert" not in page
    assert "<b>周牧" not in page


def test_avif_comes_first_then_webp_then_the_picture_itself(app, client, story):
    with app.app_context():
        assert renditions.run(clock.now()) == 1
        db.session().remove()
    page = client.get(story[1]).get_data(as_text=True)
    found = re.findall(r"<picture>(.*?)</picture>", page)
    assert len(found) == 2
    for markup in found:
        assert [re.search(r'type="image/(\w+)"', part)[1] for part in markup.split("<source ")[1:]] == ["avif", "webp"]
        assert re.search(r'<img [^>]*src="/media/[^"]+\.jpg"', markup)


def test_cards_show_the_cut(app, client, work, story, photo):
    with work():
        asset = find(photo)
        services.edit(asset, Details(alt="图", focal_x=500, focal_y=0), base=asset.edits, actor=SYSTEM, now=clock.now())
    with app.app_context():
        renditions.run(clock.now())
        db.session().remove()
    page = client.get("/").get_data(as_text=True)
    assert "-16x9-500-0-960.avif 960w" in page


def test_a_replaced_picture_is_everywhere_the_new_one(client, work, story, photo):
    with work():
        old = find(photo).src
    everywhere = ("/", "/news/", story[1], "/feed.xml")
    assert all(old in page or old.replace(".jpg", "-480.webp") in page for page in shown(client, *everywhere).values())
    new = replace(work, photo)
    for address, page in shown(client, *everywhere).items():
        assert old not in page, address
        assert new in page or new.replace(".jpg", "-480.webp") in page, address


def test_kept_pages_show_the_new_picture_and_the_new_words_at_once(app, work, story, photo, monkeypatch):
    monkeypatch.setitem(app.extensions, purges.EXTENSION, None)
    monkeypatch.delitem(app.extensions, purges.EXTENSION)
    cache = layer.PageCache(app, variants=display.cookies(("zh_CN", "en")), most_bytes=4_000_000, shelf=shelf.NoShelf())
    reader = Client(cache, Response, use_cookies=False)
    everywhere = ("/", "/news/", story[1], "/feed.xml")
    with work():
        old = find(photo).src
    for address in everywhere:
        reader.get(address)
        assert old in reader.get(address).get_data(as_text=True) or address == "/news/"
    new = replace(work, photo)
    for address in everywhere:
        page = reader.get(address).get_data(as_text=True)
        assert old not in page, address
        assert new in page or address == "/news/", address
    with work():
        asset = find(photo)
        services.edit(asset, Details(alt="换过的图", caption="换过的说明。", credit="温予"), base=asset.edits, actor=SYSTEM, now=clock.now())
    assert "换过的说明。" in reader.get(story[1]).get_data(as_text=True)


@pytest.mark.both
def test_uses_follow_the_newest_and_the_live_text(work, make):
    with work():
        a, b, c = make.picture(), make.picture(), make.picture()
        numbers = {"a": a.id, "b": b.id, "c": c.id}
        article = make.article(content=make.content(cover_id=a.id, **SAID), state=State.PUBLISHED)
        number = article.id
        assert noted(number) == {a.id}
        body = BARE.format(src=b.address)
        editing.save(article, make.content(body=body), base_id=article.head_id, actor=SYSTEM, now=clock.now())
        assert noted(number) == {a.id, b.id}, "readers still see the one, the newest text has the other"
    with work():
        article = desk_queries.get(number, SYSTEM)
        find(numbers["b"]).caption, find(numbers["b"]).credit = "说明", "周牧"
        db.session().flush()
        publishing.correct(article, note="换图。", revision_id=article.head_id, actor=SYSTEM, now=clock.now())
        assert noted(number) == {numbers["b"]}
        publishing.withdraw(article, reason="核实。", actor=SYSTEM, now=clock.now())
        assert noted(number) == {numbers["b"]}
        editing.restore(article, desk_queries.revision(article, 1), base_id=article.head_id, actor=SYSTEM, now=clock.now())
        assert noted(number) == {numbers["a"], numbers["b"]}
    with work():
        other = editing.copy(desk_queries.get(number, SYSTEM), make.root, actor=SYSTEM, now=clock.now())
        assert noted(other.id) == {numbers["a"]}
        assert [item.place.id for item in uses.of(numbers["a"], SYSTEM).named] == [other.id, number]


@pytest.mark.both
def test_links_to_documents_are_uses_too(work, make):
    with work():
        org = make.root
        prepared = services.prepare_file(b"%PDF-1.7", "表.pdf")
        asset = services.keep(prepared, "表.pdf", org=org, actor=SYSTEM, now=clock.now()).asset
        article = make.article(content=make.content(body=f'<p><a href="{asset.src}">申请表</a></p>'))
        assert noted(article.id) == {asset.id}


@pytest.mark.both
def test_a_picture_deleted_in_this_moment_is_said_not_crashed_upon(work, make):
    with work(), pytest.raises(Conflict, match="刚刚被删除"):
        uses.note_uses(pictures.KIND, 1, [99])


def test_a_cover_that_others_share_may_be_used_one_that_they_keep_may_not(work, make):
    from unionhall.base.errors import RuleBroken
    from unionhall.hooks.types import Role

    with work():
        org = make.org()
        editor = make.actor(Role.EDITOR, org)
        shared, own = make.picture(make.root, shared=True), make.picture(make.root)
        section = make.section()
        article = editing.create_article(org, section, make.content(cover_id=shared.id, **SAID), actor=editor, now=clock.now())
        assert noted(article.id) == {shared.id}
        with pytest.raises(RuleBroken, match="不在你能用的范围里"):
            editing.create_article(org, section, make.content(cover_id=own.id, **SAID), actor=editor, now=clock.now())


@pytest.mark.both
@pytest.mark.parametrize(("said", "problems"), [
    ({}, ["题图还缺说明或摄影署名。", "正文第 1 张图还缺说明或摄影署名。", "题图还缺替代文字（给看不见图的读者）。"]),
    ({"caption": "说明", "alt": "图"}, ["题图还缺说明或摄影署名。", "正文第 1 张图还缺说明或摄影署名。"]),
    ({"caption": "说明", "credit": "周牧"}, ["题图还缺替代文字（给看不见图的读者）。"]),
    ({"caption": "说明", "credit": "周牧", "alt": "图"}, []),
])  # fmt: skip
def test_the_librarys_credit_counts_before_publishing(work, make, said, problems):
    with work():
        asset = make.picture(**said)
        article = make.article(content=make.content(cover_id=asset.id, body=BARE.format(src=asset.address)))
        assert publishing.problems(article) == problems


def test_a_text_with_a_picture_that_was_deleted_is_not_published(work, make):
    with work():
        body = BARE.format(src="/media/ab/gone.jpg").replace("</figure>", '<figcaption>说明<span class="figure__credit">周牧</span></figcaption></figure>')
        article = make.article(content=make.content(body=body))
        assert publishing.problems(article) == ["正文第 1 张图已经不在素材库里。请换一张，或去掉它。"]
