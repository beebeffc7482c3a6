"""Pictures and documents on the way between two sites: with their words, judged again, and noted as used."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

sys.path.insert(0, str(Path(__file__).parent))
import blog
from filled import HEAD, PDF, line, linking

from unionhall.base import clock
from unionhall.hooks.types import SYSTEM
from unionhall.media import services as media
from unionhall.media.models import Asset, Use
from unionhall.news import editing, pictures
from unionhall.news.cli import imports
from unionhall.news.cli_export import exports
from unionhall.news.models import Article, State
from unionhall.platform.access import unscoped


@pytest.mark.both
def test_what_an_article_shows_stays_in_the_library_when_it_was_brought_back(command, emptied, work, make, at, tmp_path):
    """After the first import and after a later one that changes the article."""

    def store(seed):
        return media.store_image(blog.picture(random.Random(seed)), f"{seed}.jpg", org=make.root, actor=SYSTEM, now=clock.now())

    def body(image):
        credit = '<span class="figure__credit">周敏 摄</span>'
        return f'<p>图</p><figure class="figure"><img src="{image.src}" alt="图"><figcaption>说明{credit}</figcaption></figure>'

    with work():
        cover, inside = store(1), store(2)
        make.article(state=State.PUBLISHED, content=make.content(body=body(inside), cover_id=cover.id, cover_alt="图", cover_caption="说明", cover_credit="周敏"))
    command(exports, "jsonl", tmp_path / "a.jsonl", "--media", tmp_path / "media")
    at("2026-05-14 10:00")
    with work() as session:
        article, third = session.scalars(unscoped(select(Article), why="test")).one(), store(3)
        editing.save(article, make.content(body=body(third)), base_id=article.head_id, actor=SYSTEM, now=clock.now())
    command(exports, "jsonl", tmp_path / "b.jsonl", "--media", tmp_path / "media")
    emptied()
    at("2026-05-14 11:00")
    for name, expected in (("a", {"1.jpg", "2.jpg"}), ("b", {"1.jpg", "2.jpg", "3.jpg"})):
        command(imports, "jsonl", tmp_path / f"{name}.jsonl", "--media", tmp_path / "media")
        with work() as session:
            article = session.scalars(unscoped(select(Article), why="test")).one()
            used = set(session.scalars(select(Use.asset_id).where(Use.kind == pictures.KIND, Use.object_id == article.id)))
            assets = list(session.scalars(unscoped(select(Asset), why="test")))
            assert {asset.file_name for asset in assets if asset.id in used} == expected
            for asset in assets:
                with pytest.raises(media.InUse):
                    media.delete_asset(asset, actor=SYSTEM, now=clock.now())


@pytest.mark.both
@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("told", ["旧.jpg", {"name": "新.jpg", "title": "来的", "tags": ["远方"]}])
def test_a_picture_brings_its_words_unless_it_is_here_already(command, work, make, tmp_path, known, told):
    (tmp_path / "media" / "aa").mkdir(parents=True)
    data = blog.picture(random.Random(1))
    (tmp_path / "media" / "aa" / "b.jpg").write_bytes(data)
    with work():
        if known:
            own = media.Details(title="自己的", tags=("本地",))
            media.keep(media.prepare(data), "自己.jpg", org=make.root, details=own, actor=SYSTEM, now=clock.now())
    shown = line(1, revision={"body": '<img src="/media/aa/b.jpg" alt="">'}, pictures={"aa/b.jpg": told})
    (tmp_path / "a.jsonl").write_text(f"{HEAD}\n{shown}\n", "utf-8")
    assert command(imports, "jsonl", tmp_path / "a.jsonl", "--media", tmp_path / "media")["created"] == 1
    with work() as session:
        asset = session.scalars(unscoped(select(Asset), why="test")).one()
        found = (asset.file_name, asset.title, [tag.name for tag in asset.tags])
        incoming = (told, "", []) if isinstance(told, str) else ("新.jpg", "来的", ["远方"])
        assert found == (("自己.jpg", "自己的", ["本地"]) if known else incoming)


def test_links_to_documents_that_did_not_come_become_words(command, work, tmp_path):
    (tmp_path / "a.jsonl").write_text(f"{HEAD}\n{linking(('aa1', 'x.pdf'), ('bb2', 'y.pdf'), aa1=('pdf', {'name': '甲.pdf'}))}\n", "utf-8")
    tried = command(imports, "jsonl", tmp_path / "a.jsonl", "--dry-run")
    report = command(imports, "jsonl", tmp_path / "a.jsonl")
    assert [problem["code"] for problem in report["problems"]] == ["document-missing"]
    assert "2 个文件" in report["problems"][0]["message"]
    assert tried == report
    with work() as session:
        assert session.scalars(unscoped(select(Article), why="test")).one().head.body == "<p>看aa1</p><p>看bb2</p>"


def test_documents_are_judged_and_named_by_what_they_are(command, work, tmp_path):
    """Nothing becomes a download that no upload might be, or under a name that it is not."""
    (tmp_path / "media" / "aa").mkdir(parents=True)
    for name, data in (("aa1.pdf", PDF), ("aa2.pdf", b"<script>"), ("aa3.jpg", blog.picture(random.Random(1))), ("aa4.exe", b"MZ")):
        (tmp_path / "media" / "aa" / name).write_bytes(data)
    kinds = {"aa1": ("pdf", {"name": "a.exe"}), "aa2": ("pdf", {}), "aa3": ("jpg", {}), "aa4": ("exe", {})}
    names = [(stem, "x.pdf") for stem in kinds]
    picture = {"body": '<img src="/media/aa/aa1.pdf" alt="是文件">'}
    lines = [HEAD, linking(*names, **kinds), line(2, revision=picture)]
    (tmp_path / "a.jsonl").write_text("\n".join(lines), "utf-8")
    tried = command(imports, "jsonl", tmp_path / "a.jsonl", "--media", tmp_path / "media", "--dry-run")
    report = command(imports, "jsonl", tmp_path / "a.jsonl", "--media", tmp_path / "media")
    assert [problem["code"] for problem in report["problems"]] == ["document-refused"] * 3 + ["picture-refused"]
    assert tried == report
    with work() as session:
        asset = session.scalars(unscoped(select(Asset), why="test")).one()
        assert (asset.kind, asset.file_name, asset.mime) == ("document", "a.exe.pdf", "application/pdf")
        bodies = {article.head.body for article in session.scalars(unscoped(select(Article), why="test"))}
        assert bodies == {f'<p><a href="{asset.src}">看aa1</a></p><p>看aa2</p><p>看aa3</p><p>看aa4</p>', "<p>（图片没有导入：是文件）</p>"}
