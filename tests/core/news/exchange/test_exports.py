"""Exports, and the way back: nothing that is kept of an article is lost between two sites."""

from __future__ import annotations

import json
import random
import re
import sys
import threading
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree

import pytest
from sqlalchemy import select

sys.path.insert(0, str(Path(__file__).parent))
import blog
from filled import HEAD, PDF, line, rich, told

from unionhall.base import clock, db, richtext
from unionhall.hooks.types import SYSTEM
from unionhall.media.models import Asset, Use
from unionhall.news import editing, publishing, sections
from unionhall.news.cli import imports
from unionhall.news.cli_export import exports
from unionhall.news.exchange import jsonl, jsonl_reading, markdown
from unionhall.news.exchange.arriving import Arrival, Destination
from unionhall.news.exchange.jsonl_writing import article_id
from unionhall.news.exchange.pictures import Pictures
from unionhall.news.exchange.restoring import Restoration
from unionhall.news.models import Article, Imported, Related, State
from unionhall.orgs.models import OrgKind
from unionhall.platform import audit
from unionhall.platform.access import unscoped


@pytest.mark.both
def test_a_round_trip_loses_nothing(command, emptied, client, work, make, tmp_path):
    with work():
        url = rich(make)
    report = command(exports, "jsonl", tmp_path / "a.jsonl", "--media", tmp_path / "media")
    assert report == {"articles": 10, "pictures_missing": 0}
    emptied([("lin", "林晓棠")])
    tried = command(imports, "jsonl", tmp_path / "a.jsonl", "--media", tmp_path / "media", "--dry-run")
    with work() as session:
        assert session.scalars(unscoped(select(Article.id), why="test")).all() == []
    made = command(imports, "jsonl", tmp_path / "a.jsonl", "--media", tmp_path / "media")
    assert made == tried == {"created": 10, "updated": 0, "skipped": 0, "problems": []}
    command(exports, "jsonl", tmp_path / "b.jsonl", "--media", tmp_path / "media2")
    before, after = told(tmp_path / "a.jsonl"), told(tmp_path / "b.jsonl")
    assert [line["id"] for line in after if line["type"] == "article"] == [line["id"] for line in before if line["type"] == "article"]
    for old, new in zip(before, after, strict=True):
        assert new == old
    assert {line["state"] for line in before if line["type"] == "article"} == {state.value for state in State}
    assert len(list((tmp_path / "media2").rglob("*.jpg"))) == len(list((tmp_path / "media").rglob("*.jpg"))) == 2
    assert {"name": "现场.jpg"} in before[-2]["pictures"].values()
    said = {"title": "题", "alt": "替代", "caption": "图说 & 图", "credit": "周敏", "licence": "只许本站用", "consent": True, "focal": [120, 1000]}
    assert {"name": "图二.jpg", **said, "tags": ["工匠", "技能"]} in before[-2]["pictures"].values()
    assert list(before[-2]["documents"].values()) == [{"name": "报名 表&.pdf", "title": "报名表", "tags": ["表格"]}]
    assert [path.read_bytes() for path in (tmp_path / "media2").rglob("*.pdf")] == [PDF]
    page = client.get(url).get_data(as_text=True)
    assert "第5篇 Story 5" in page
    assert page.count('src="/media/') >= 2
    with client.get(re.search(r'href="(/media/file/[^"]*)"', page)[1]) as answer:
        assert answer.get_data() == PDF
    with work() as session:
        used = {asset.file_name for asset in session.scalars(unscoped(select(Asset).where(Asset.id.in_(select(Use.asset_id))), why="test"))}
        assert used == {"现场.jpg", "图二.jpg", "报名 表&.pdf"}
    again = command(imports, "jsonl", tmp_path / "a.jsonl", "--media", tmp_path / "media")
    assert again == {"created": 0, "updated": 0, "skipped": 10, "problems": []}
    back = command(imports, "jsonl", tmp_path / "b.jsonl", "--media", tmp_path / "media2")
    assert (back["created"], back["updated"]) == (0, 0), "what is here already is known by its name, whichever site exported it"
    with work():
        assert audit.verify().bad is None


def test_every_exported_line_is_in_the_described_format(command, work, make, tmp_path):
    with work():
        rich(make)
    command(exports, "jsonl", tmp_path / "a.jsonl")
    kinds = {"site": jsonl.SiteLine, "org": jsonl.OrgLine, "section": jsonl.SectionLine, "article": jsonl.ArticleLine}
    for text in (tmp_path / "a.jsonl").read_text("utf-8").splitlines():
        kinds[json.loads(text)["type"]].model_validate_json(text)


@pytest.mark.both
def test_what_changed_at_the_source_follows_and_what_changed_here_stays(command, emptied, work, make, at, tmp_path):
    def by_headline():
        found = db.session().scalars(unscoped(select(Article).order_by(Article.id), why="test")).all()
        return {article.head.headline: article for article in found}

    with work():
        for name in ("甲", "乙"):
            make.article(state=State.PUBLISHED, content=make.content(name))
    command(exports, "jsonl", tmp_path / "a.jsonl")
    at("2026-05-14 10:00")
    with work():
        for name, article in by_headline().items():
            editing.save(article, make.content(f"{name}改"), base_id=article.head_id, actor=SYSTEM, now=clock.now())
            publishing.correct(article, note="标题更正。", revision_id=article.head_id, actor=SYSTEM, now=clock.now())
    command(exports, "jsonl", tmp_path / "b.jsonl")
    emptied()
    at("2026-05-14 11:00")
    assert command(imports, "jsonl", tmp_path / "a.jsonl")["created"] == 2
    at("2026-05-14 12:00")
    with work():
        article = by_headline()["乙"]
        publishing.withdraw(article, reason="事实有误。", actor=SYSTEM, now=clock.now())
    report = command(imports, "jsonl", tmp_path / "b.jsonl")
    assert (report["created"], report["updated"], report["skipped"]) == (0, 1, 1)
    assert [(problem["item"], problem["code"]) for problem in report["problems"]] == [("乙改", "edited-here")]
    with work():
        found = by_headline()
        assert (found["甲改"].state, found["甲改"].correction, found["甲改"].live_id) == (State.CORRECTED, "标题更正。", found["甲改"].head_id)
        assert found["乙"].state == State.WITHDRAWN


@pytest.mark.both
def test_only_what_was_asked_for_leaves(command, work, make, at, tmp_path):
    with work():
        city = make.org(slug="qinghe")
        below = make.org(city, OrgKind.DISTRICT)
        section = make.section(slug="weiquan")
        make.article(city, content=make.content("草稿"))
        make.article(below, section, state=State.PUBLISHED, content=make.content("下级"))
        make.article(state=State.PUBLISHED, content=make.content("省总"))
        at("2026-06-01 09:00")
        make.article(state=State.PUBLISHED, content=make.content("六月"))

    def titles(*options):
        command(exports, "jsonl", tmp_path / "x.jsonl", *options)
        return [line.title for line, _digest in jsonl_reading.articles(tmp_path / "x.jsonl")]

    assert titles() == ["草稿", "下级", "省总", "六月"]
    assert titles("--org", "qinghe") == ["草稿", "下级"]
    assert titles("--section", "weiquan") == ["下级"]
    assert titles("--state", "draft", "--state", "withdrawn") == ["草稿"]
    assert titles("--since", "2026-06-01") == ["六月"]
    assert titles("--until", "2026-05-14", "--state", "published") == ["下级", "省总"]


def test_the_way_through_wordpress(command, emptied, work, make, client, tmp_path):
    with work():
        rich(make)
        was = {
            article.live.headline: (article.live.body, article.published_at, [credit.name for credit in article.live.bylines if credit.role != "photographer"],
                                    [tag.name for tag in article.live.tags], article.live.summary, article.live.cover_alt)
            for article in db.session().scalars(unscoped(select(Article), why="test")) if article.is_live
        }
    command(exports, "wxr", tmp_path / "a.xml", "--media", tmp_path / "media", "--state", "published", "--state", "corrected")
    channel = ElementTree.parse(tmp_path / "a.xml").getroot()[0]
    bodies = [item.findtext("{http://purl.org/rss/1.0/modules/content/}encoded") for item in channel.findall("item")]
    text = next(body for body in bodies if "报名表" in body)
    site = channel.findtext("link")
    assert (text.count(f'href="{site}/media/file/'), text.count(f'src="{site}/media/'), text.count('="/')) == (1, 1, 0)
    wp = "{http://wordpress.org/export/1.2/}"
    kinds = [item.findtext(f"{wp}post_type") for item in channel.findall("item")]
    assert sorted(kinds) == ["attachment", "attachment", "post", "post", "post"]
    assert channel.findtext(f"{wp}wxr_version") == "1.2"
    emptied()
    with work():
        make.section(slug="jiceng", name="基层")
    report = command(imports, "wxr", tmp_path / "a.xml", "--attachments", tmp_path / "media")
    assert (report["created"], report["problems"]) == (3, [])
    with work():
        found = {article.live.headline: article for article in db.session().scalars(unscoped(select(Article), why="test"))}
        assert set(found) == set(was)
        for title, (body, at, names, tags, summary, alt) in was.items():
            article = found[title]
            assert re.sub('src="/media/[^"]*', "", article.live.body) == re.sub('src="/media/[^"]*', "", body)
            assert richtext.plain_text(article.live.body) == richtext.plain_text(body)
            assert article.published_at == at
            assert [credit.name for credit in article.live.bylines] == names
            assert [tag.name for tag in article.live.tags] == tags
            assert (article.live.summary, article.live.cover_alt) == (summary, alt)
            assert (article.live.cover_id is not None) is bool(alt)
        assert found["第5篇 Story 5"].section.slug == "jiceng"


def test_wordpress_gets_no_character_that_breaks_its_reader(command, work, make, tmp_path):
    with work():
        make.article(state=State.PUBLISHED, content=make.content("]]> & <b>", body="<p>代码 ]]&gt; 结束</p>", tags=('引"号', "A&B", "公式", "攻势")))
    command(exports, "wxr", tmp_path / "a.xml")
    item = ElementTree.parse(tmp_path / "a.xml").getroot()[0].find("item")
    assert item.findtext("title") == "]]> & <b>"
    assert [term.text for term in item.findall("category")][1:] == ['引"号', "A&B", "公式", "攻势"]
    assert len({term.get("nicename") for term in item.findall("category")}) == 5, "WordPress takes terms with one address for one"


@pytest.mark.parametrize(("bad", "code"), [
    ("{", "broken-line"), ("[1]", "broken-line"), ('{"type":"poem"}', "unknown-line"), (line(2, state="gone"), "broken-line"), (line(2, head=7), "broken-line"),
    (line(2, state="published"), "broken-line"), (line(2, surprise=1), "broken-line"), (line(2, revision={"headline": "长" * 500}), "refused"),
    (line(2, revision={"headline": ""}), "refused"), (line(2, slug="../x"), "broken-line"), (line(2)[:-40], "broken-line"), (line(2, created_at="2026"), "broken-line"),
    (line(2, revision={"cover": "../../etc/passwd"}), "broken-line"),
    (line(2, pictures={"aa/b.jpg": {"name": "b.jpg", "focal": [1, 2000]}}), "broken-line"), (line(2, pictures={"aa/b.jpg": {"org": 1}}), "broken-line"),
    ('{"a":' * 5000, "broken-line"),
])  # fmt: skip
def test_a_broken_line_is_named_and_the_rest_arrives(command, tmp_path, bad, code):
    (tmp_path / "a.jsonl").write_text("\n".join([HEAD, line(1), bad, line(3)]), "utf-8")
    report = command(imports, "jsonl", tmp_path / "a.jsonl")
    assert report["created"] == 2
    assert [(problem["code"], problem["line"]) for problem in report["problems"] if problem["code"] != "section-unknown"] == [(code, 3)]


@pytest.mark.parametrize(("content", "code"), [
    (b"", "file-size"), (b"\x89PNG", "not-jsonl"), (b"<rss>", "not-jsonl"), (b'{"a":1}', "not-jsonl"), (HEAD.replace('"version":1', '"version":2').encode(), "unknown-version"),
    (HEAD.replace("other", "../").encode(), "not-jsonl"), (None, "file-unreadable"),
])  # fmt: skip
def test_what_is_no_export_of_ours_is_refused_with_what_to_do(app, runner, tmp_path, content, code):
    path = tmp_path / "x.jsonl"
    if content is not None:
        path.write_bytes(content)
    with app.app_context():
        done = runner.invoke(imports, ["jsonl", str(path)])
    assert isinstance(done.exception, jsonl_reading.NotAnExport)
    assert done.exception.code == code


def test_twice_in_one_file_arrives_once(command, tmp_path, work):
    other = line(2, slug="s-1")
    (tmp_path / "a.jsonl").write_text("\n".join([HEAD, line(1), line(1), other]), "utf-8")
    for options in (["--dry-run"], []):
        report = command(imports, "jsonl", tmp_path / "a.jsonl", *options)
        assert (report["created"], report["skipped"]) == (2, 1)
        assert [problem["code"] for problem in report["problems"]] == ["slug-taken"]
    with work() as session:
        assert len(set(session.scalars(unscoped(select(Article.slug), why="test")))) == 2


def test_scripts_and_foreign_pictures_stay_outside(command, work, tmp_path):
    secret = tmp_path / "secret.jpg"
    secret.write_bytes(blog.picture(random.Random(3)))
    (tmp_path / "media" / "aa").mkdir(parents=True)
    (tmp_path / "media" / "aa" / "b.jpg").symlink_to(secret)
    body = '<p onclick="x()">甲</p><script>alert(1)</script><img src="/media/aa/b.jpg" alt="外面"><img src="../secret.jpg" alt="上级">'
    (tmp_path / "a.jsonl").write_text(f"{HEAD}\n{line(1, revision={'body': body})}\n", "utf-8")
    report = command(imports, "jsonl", tmp_path / "a.jsonl", "--media", tmp_path / "media")
    assert {problem["code"] for problem in report["problems"]} == {"picture-missing", "section-unknown"} - {"section-unknown"}
    with work() as session:
        article = session.scalars(unscoped(select(Article), why="test")).one()
        assert article.head.body == "<p>甲</p>（图片没有导入：外面）（图片没有导入：上级）"


def test_unknown_places_become_the_chosen_ones(command, work, make, tmp_path):
    with work():
        make.section(slug="target", name="目标")
        make.org(name="甲市总工会", slug="jia")
    (tmp_path / "a.jsonl").write_text("\n".join([HEAD, line(1, org="nowhere", section="nothing"), line(2, org="nowhere", section="nothing")]), "utf-8")
    report = command(imports, "jsonl", tmp_path / "a.jsonl", "--org", "jia", "--section", "target")
    assert [problem["code"] for problem in report["problems"]] == ["org-unknown", "section-unknown"], "once for each place"
    with work() as session:
        found = session.scalars(unscoped(select(Article), why="test")).all()
        assert {(article.org.slug, article.section.slug) for article in found} == {("jia", "target")}


def test_articles_point_to_those_that_come_after_them(command, work, tmp_path):
    first = json.loads(line(1))
    first["revisions"][0]["related"] = [json.loads(line(3))["id"], "20260501T000000000009-999"]
    (tmp_path / "a.jsonl").write_text("\n".join([HEAD, json.dumps(first), line(2), line(3)]), "utf-8")
    command(imports, "jsonl", tmp_path / "a.jsonl")
    with work() as session:
        assert len(session.scalars(select(Related)).all()) == 1


def test_no_line_reaches_articles_that_it_did_not_bring(command, work, make, tmp_path):
    """Neither by the name of an article that was made here, nor by a source that only our own imports may claim."""
    with work():
        mine, other = make.article(state=State.PUBLISHED), make.article(state=State.PUBLISHED)
        ids = [article_id(item.id, item.created_at) for item in (mine, other)]
        body, slug = mine.head.body, mine.slug
    forged = json.loads(line(1, id=ids[0], slug=slug))
    forged["revisions"][0]["related"] = [ids[1]]
    claim = json.loads(line(2))
    claim["sources"] = [{"origin": f"jsonl:{ids[1]}", "digest": "x", "revision": 1, "at": "2026-05-01T00:00:00+00:00"}]
    (tmp_path / "a.jsonl").write_text("\n".join([HEAD, json.dumps(forged), json.dumps(claim)]), "utf-8")
    report = command(imports, "jsonl", tmp_path / "a.jsonl")
    assert (report["created"], report["updated"], report["skipped"]) == (1, 0, 1)
    with work() as session:
        assert session.scalars(select(Related)).all() == []
        assert session.scalars(unscoped(select(Article).where(Article.slug == slug), why="test")).one().head.body == body
        assert session.scalars(select(Imported.origin)).all() == [f"jsonl:{claim['id']}"]


@pytest.mark.postgres
@pytest.mark.parametrize("kind", ["jsonl", "markdown"])
def test_two_imports_of_one_file_at_once_make_everything_once(app, work, make, tmp_path, kind):
    file, folder, reports = tmp_path / "a.jsonl", tmp_path / "blog", []
    file.write_text("\n".join([HEAD, *(line(n, old=[f"/was/{n}/"]) for n in range(1, 10))]), "utf-8")
    blog.write(folder, 30, pictures=0)
    with work():
        to = Destination(make.root.id, sections.all_sections()[0].id, SYSTEM, clock.now())
    gate = threading.Barrier(3)

    def bring():
        with app.app_context(), closing(Pictures(None, actor=SYSTEM, now=to.now)) as pictures:
            if kind == "jsonl":
                source, items = jsonl_reading.read(file)
                task = Restoration(file, source, to, pictures)
            else:
                _total, items = markdown.read(folder)
                task = Arrival(to, pictures)
            gate.wait()
            reports.append(task.take(items))
            db.session().remove()

    threads = [threading.Thread(target=bring) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    expected = 9 if kind == "jsonl" else 30
    assert [sum(getattr(report, name) for report in reports) for name in ("created", "updated", "skipped")] == [expected, 0, 2 * expected]
    assert [problem for report in reports for problem in report.problems if problem.code != "section-unknown"] == []
    with work() as session:
        assert session.query(Imported).count() == len(session.scalars(unscoped(select(Article.id), why="test")).all()) == expected
        assert audit.verify().bad is None


def test_what_should_have_been_published_meanwhile_waits_for_somebody(command, emptied, work, make, at, tmp_path):
    with work():
        make.article(state=State.SCHEDULED)
    command(exports, "jsonl", tmp_path / "a.jsonl")
    emptied()
    at("2026-06-14 09:30")
    report = command(imports, "jsonl", tmp_path / "a.jsonl")
    assert [problem["code"] for problem in report["problems"]] == ["schedule-passed"]
    with work() as session:
        assert session.scalars(unscoped(select(Article), why="test")).one().state == State.APPROVED
