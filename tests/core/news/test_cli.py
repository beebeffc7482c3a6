"""`unionhall import newspaper`: its report, its dry run, and what it says about files that it cannot read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import func, select

from unionhall.base import db
from unionhall.base.errors import UnionHallError
from unionhall.news.cli import imports
from unionhall.news.models import Article
from unionhall.platform.access import unscoped

SAMPLE = str(Path(__file__).parent / "newspaper_samples" / "page.txt")


@pytest.fixture
def run(app, runner):
    """Return `run(*arguments)`: the command's output; what it refuses is raised as the command's main sees it."""

    def invoke(*arguments):
        with app.app_context():
            result = runner.invoke(imports, ["newspaper", *arguments], catch_exceptions=True)
            db.session().remove()
        if isinstance(result.exception, UnionHallError):
            raise result.exception
        assert result.exit_code == 0, result.output
        return result.output

    return invoke


def count(work):
    with work() as session:
        return session.scalar(unscoped(select(func.count()).select_from(Article), why="test"))


def test_the_report(work, run):
    dry = json.loads(run(SAMPLE, "--dry-run", "--json"))
    assert count(work) == 0
    done = json.loads(run(SAMPLE, "--json"))
    assert done == dry
    assert (set(done), done["created"], done["updated"], done["skipped"]) == ({"created", "updated", "skipped", "problems"}, 3, 0, 0)
    assert done["problems"][0] == {
        "line": 5, "headline": "云溪市总工会把流动书屋开进二十家小微工厂", "message": "“让车间飘起书香”是按版式猜作引题的，请对照原版。",
    }
    again = json.loads(run(SAMPLE, "--json"))
    assert (again["created"], again["skipped"], again["problems"], count(work)) == (0, 3, [], 3)


def test_org_and_section_are_chosen_by_slug(work, make, run):
    with work():
        org, section = make.org(name="青禾市总工会"), make.section(slug="jiceng")
        wanted = (org.id, section.id)
        slug = org.slug
    output = run(SAMPLE, "--org", slug, "--section", "jiceng")
    assert "+ 5: 云溪市总工会把流动书屋开进二十家小微工厂 (林小满、贺知秋)" in output
    assert "created 3, updated 0, skipped 0" in output
    with work() as session:
        rows = session.execute(unscoped(select(Article.org_id, Article.section_id).distinct(), why="test")).all()
        assert [tuple(row) for row in rows] == [wanted]
    assert "would create 0, updated 0, skipped 3" in run(SAMPLE, "--org", slug, "--section", "jiceng", "--dry-run")


@pytest.mark.parametrize(
    ("arguments", "code", "exit_code"),
    [
        (["/nowhere/page.txt"], "file-unreadable", 3), (["{dir}"], "file-unreadable", 3), (["{binary}"], "page-binary", 3),
        (["{large}"], "page-too-large", 3), (["{empty}"], "page-empty", 3), (["{plain}"], "page-no-headline", 3),
        ([SAMPLE, "--org", "nobody"], "org-not-found", 4), ([SAMPLE, "--section", "nothing"], "section-not-found", 4),
        ([SAMPLE, "--section", "nothing", "--dry-run"], "section-not-found", 4),
    ],
)
def test_what_cannot_be_imported_is_a_typed_error(work, run, tmp_path, arguments, code, exit_code):
    files = {"binary": b"\x00\x01\xff", "large": b"## a\n" + b"x" * 1024 * 1024, "empty": b"\n \n", "plain": "没有标题".encode()}
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    filled = [item.format(dir=tmp_path, **{name: tmp_path / name for name in files}) for item in arguments]
    with pytest.raises(UnionHallError) as refused:
        run(*filled, "--json")
    assert (refused.value.code, refused.value.exit_code) == (code, exit_code)
    assert str(refused.value) != code
    assert count(work) == 0
