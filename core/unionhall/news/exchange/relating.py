"""The last step of bringing articles back: pointing them to each other, once all are there."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from sqlalchemy import select

from unionhall.base import db
from unionhall.news.exchange import jsonl, jsonl_reading
from unionhall.news.exchange.jsonl_writing import PREFIX, article_id
from unionhall.news.models import Article, Imported, Related, Revision
from unionhall.platform import access

AT_ONCE = 200
_OWN = re.compile(r"\d{8}T\d{12}-(\d{1,9})")


def own(names: Iterable[str]) -> dict[str, int]:
    """Return {what it is called wherever it goes: number} of those that were made on this site."""
    numbers = {int(found[1]): name for name in names if (found := _OWN.fullmatch(name))}
    rows = access.unscoped(select(Article.id, Article.created_at).where(Article.id.in_(numbers)), why="own")
    there = {article_id(row.id, row.created_at): row.id for row in db.session().execute(rows)}
    return {name: there[name] for name in numbers.values() if name in there}


def here(names: Iterable[str]) -> dict[str, int]:
    """Return {what it is called wherever it goes: number} of articles that are here, made or brought in."""
    wanted = list(names)
    rows = select(Imported.origin, Imported.article_id).where(Imported.origin.in_([PREFIX + name for name in wanted]))
    return own(wanted) | {row.origin.removeprefix(PREFIX): row.article_id for row in db.session().execute(rows)}


def relate(path: Path) -> None:
    """Read the file once more; where a revision names other articles and points to none yet, let it point to those there are.

    Only articles that stand here just as this file has them are touched.
    """
    pointing = (item for item in jsonl_reading.articles(path) if any(revision.related for revision in item[0].revisions))
    while lines := list(islice(pointing, AT_ONCE)):
        with db.unit_of_work():
            _relate(lines)


def _relate(lines: list[tuple[jsonl.ArticleLine, str]]) -> None:
    session = db.session()
    targets = here({other for line, _digest in lines for item in line.revisions for other in item.related})
    brought = select(Imported.origin, Imported.article_id).where(Imported.digest.in_([digest for _line, digest in lines]))
    ids = {row.origin.removeprefix(PREFIX): row.article_id for row in session.execute(brought)}
    wanted = select(Revision.article_id, Revision.number, Revision.id).where(Revision.article_id.in_(ids.values()))
    revisions = {(row.article_id, row.number): row.id for row in session.execute(wanted)}
    pointing = set(session.scalars(select(Related.revision_id).where(Related.revision_id.in_(revisions.values()))))
    for line, _digest in lines:
        for item in line.revisions:
            revision = revisions.get((ids.get(line.id, 0), item.number))
            if revision is not None and revision not in pointing:
                others = dict.fromkeys(targets[other] for other in item.related if other in targets)
                session.add_all(Related(revision_id=revision, position=at, article_id=other) for at, other in enumerate(others))
