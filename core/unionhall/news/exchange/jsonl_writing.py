"""Articles as JSON lines: everything that is kept of them, in the format that `jsonl` describes."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from unionhall.accounts.models import Account
from unionhall.base.config import Config
from unionhall.news.content import PLAIN
from unionhall.news.exchange import here, jsonl
from unionhall.news.exchange.leaving import Leaving, Row
from unionhall.news.models import (
    Article,
    Byline,
    Imported,
    ImportFlag,
    Redirect,
    Related,
    ReviewStep,
    Revision,
    Section,
    Tag,
    Transition,
)
from unionhall.orgs.models import Org
from unionhall.platform import access

PREFIX = "jsonl:"
TIMES = ("created_at", "updated_at", "submitted_at", "publish_at", "expires_at", "published_at", "corrected_at", "withdrawn_at",
         "pinned_until", "lead_at")  # fmt: skip
SAME = ("slug", "org", "section", "state", "origin", "round", "step", "correction", "withdrawal", *TIMES)


@dataclass
class Written:
    """A line, and the files that it shows or links to; `articles` says how many articles it holds, 0 or 1."""

    text: str
    files: tuple[str, ...] = ()
    articles: int = 0


def article_id(number: int, created_at: datetime) -> str:
    """Return what an article of this site is called wherever it goes."""
    return f"{created_at:%Y%m%dT%H%M%S%f}-{number}"


def lines(session: Session, leaving: Leaving, config: Config, now: datetime) -> Iterator[Written]:
    """Yield the site, every org and section, then the articles."""
    root = session.scalars(select(Org.slug).where(Org.is_root)).one()
    head = {"type": "site", "format": jsonl.FORMAT, "version": jsonl.VERSION, "site": config.site_url, "at": now, "root": root}
    yield _line(head | ({"note": leaving.note} if leaving.note else {}))
    yield from map(_line, _orgs(session))
    yield from map(_line, _sections(session))
    for rows in leaving.rows(session):
        chunk = _Chunk(session, rows)
        for row in rows:
            yield chunk.line(row)
        session.expunge_all()


def _line(value: dict[str, Any]) -> Written:
    return Written(_dumped(value))


def _dumped(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_plain)


def _plain(value: object) -> str:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    raise TypeError(type(value))


def _orgs(session: Session) -> Iterator[dict[str, Any]]:
    """Yield what is public of every org, those above first."""
    orgs = list(session.scalars(select(Org).order_by(Org.path)))
    slugs = {org.id: org.slug for org in orgs}
    for org in sorted(orgs, key=lambda org: (org.depth, org.position, org.id)):
        yield {
            "type": "org", "slug": org.slug, "parent": slugs.get(org.parent_id or 0), "name": org.name, "short_name": org.short_name,
            "name_en": org.name_en, "kind": org.kind, "status": org.status, "into": slugs.get(org.merged_into_id or 0),
            "summary": org.summary, "address": org.address, "phone": org.phone, "established_on": org.established_on,
        }  # fmt: skip


def _sections(session: Session) -> Iterator[dict[str, Any]]:
    steps = defaultdict(list)
    for step in session.scalars(select(ReviewStep).order_by(ReviewStep.section_id, ReviewStep.position)):
        steps[step.section_id].append((step.label, step.permission))
    for section in session.scalars(select(Section).order_by(Section.position, Section.id)):
        kept = {name: getattr(section, name) for name in ("slug", "name", "name_en", "summary", "position", "open")}
        yield {"type": "section", **kept, "steps": steps[section.id]}


@dataclass
class _Chunk:
    """Some hundred articles with everything that belongs to them, read in a few queries."""

    session: Session
    rows: Sequence[Row]
    _people: dict[int, dict[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        ids = [row.id for row in self.rows]
        of_these = select(Revision.__table__).where(Revision.article_id.in_(ids))
        self.revisions = self._grouped(of_these.order_by(Revision.number), "article_id")
        numbers = select(Revision.id).where(Revision.article_id.in_(ids))
        org = select(Byline.__table__, Org.slug.label("org")).outerjoin(Org, Org.id == Byline.org_id)
        self.bylines = self._grouped(org.where(Byline.revision_id.in_(numbers)).order_by(Byline.position), "revision_id")
        self.tags = self._grouped(select(Tag.__table__).where(Tag.revision_id.in_(numbers)).order_by(Tag.position), "revision_id")
        others = select(Related.__table__).where(Related.revision_id.in_(numbers))
        self.related = self._grouped(others.order_by(Related.position), "revision_id")
        places = select(Transition.__table__, Org.slug.label("org")).join(Org, Org.id == Transition.org_id)
        self.steps = self._grouped(places.where(Transition.article_id.in_(ids)).order_by(Transition.id), "article_id")
        self.old = self._grouped(select(Redirect.__table__).where(Redirect.article_id.in_(ids)).order_by(Redirect.path), "article_id")
        self.flags = self._grouped(select(ImportFlag.__table__).where(ImportFlag.article_id.in_(ids)).order_by(ImportFlag.id), "article_id")
        self.sources = self._grouped(select(Imported.__table__).where(Imported.article_id.in_(ids)).order_by(Imported.origin), "article_id")
        self.ids = names_of(self.session, {*ids, *(item.article_id for items in self.related.values() for item in items)})
        self._read_people()
        self._read_files()

    def _grouped(self, statement: Select[Any], key: str) -> dict[int, list[Row]]:
        found: dict[int, list[Row]] = defaultdict(list)
        for row in self.session.execute(access.unscoped(statement, why="of these articles")):
            found[getattr(row, key)].append(row)
        return found

    def _read_people(self) -> None:
        everybody = [row for rows in (self.revisions, self.bylines, self.steps) for items in rows.values() for row in items]
        ids = {row.account_id for row in everybody} - {None}
        wanted = select(Account.id, Account.login, Account.name).where(Account.id.in_(ids))
        rows = self.session.execute(access.unscoped(wanted, why="names"))
        self._people = {row.id: {"login": row.login, "name": row.name} for row in rows}

    def _read_files(self) -> None:
        revisions = [item for items in self.revisions.values() for item in items]
        self.covers = here.covers(self.session, {item.cover_id for item in revisions} - {None})
        shown = {file for item in revisions for file in here.files_in(item.body)}
        self.documents = here.documents(self.session, {stem for item in revisions for stem in here.linked_in(item.body)})
        self.words = here.words(self.session, {*shown, *self.covers.values(), *self.documents.values()})

    def line(self, row: Row) -> Written:
        """Return one article."""
        revisions = self.revisions[row.id]
        number = {item.id: item.number for item in revisions}
        shown = (file for item in revisions for file in (self.covers.get(item.cover_id or 0), *here.files_in(item.body)) if file)
        files = [file for file in dict.fromkeys(shown) if file in self.words]
        linked = (self.documents.get(stem) for item in revisions for stem in here.linked_in(item.body))
        attached = [file for file in dict.fromkeys(linked) if file]
        value: dict[str, Any] = {"type": "article", "id": self.ids[row.id], **{name: getattr(row, name) for name in SAME}}
        value |= {
            "author": {"login": row.login, "name": row.author} if row.login else None,
            "head": number[row.head_id], "live": number.get(row.live_id), "revisions": [self._revision(item) for item in revisions],
            "old": [item.path for item in self.old[row.id]],
            "pictures": {file: self.words[file] for file in files},
            "documents": {file: self.words[file] for file in attached},
            "flags": [{name: getattr(item, name) for name in ("kind", "paragraph", "excerpt", "params")} for item in self.flags[row.id]],
            "sources": [
                {"origin": item.origin, "digest": item.digest, "revision": number.get(item.revision_id), "at": item.at}
                for item in self.sources[row.id] if not item.origin.startswith(PREFIX)
            ],
            "steps": [self._step(item, number) for item in self.steps[row.id]],
        }  # fmt: skip
        return Written(_dumped(value), (*files, *attached), 1)

    def _revision(self, item: Row) -> dict[str, Any]:
        plain = {name: getattr(item, name) for name in PLAIN if name != "cover_id"}
        return {
            "number": item.number, "at": item.at, "by": self._people.get(item.account_id), "note": item.note, **plain,
            "cover": self.covers.get(item.cover_id), "bylines": self._bylines(item.id), "tags": [tag.name for tag in self.tags[item.id]],
            "related": [self.ids[other.article_id] for other in self.related[item.id]],
        }  # fmt: skip

    def _bylines(self, revision_id: int) -> list[dict[str, Any]]:
        found: dict[int, dict[str, Any]] = {}
        for item in self.bylines[revision_id]:
            if (known := found.get(item.line)) is not None:
                known["names"].append(item.name)
            else:
                found[item.line] = {"role": item.role, "names": [item.name], "org": item.org, "account": self._people.get(item.account_id)}
        return list(found.values())

    def _step(self, item: Row, number: dict[int, int]) -> dict[str, Any]:
        same = {name: getattr(item, name) for name in ("action", "round", "step", "label", "org", "at", "note", "checks")}
        by, revision = self._people.get(item.account_id), number.get(item.revision_id)
        return {**same, "source": item.from_state, "target": item.to_state, "revision": revision, "by": by}


def names_of(session: Session, ids: Iterable[int]) -> dict[int, str]:
    """Return {article's number: what it is called wherever it goes}: what came from elsewhere keeps its name."""
    wanted = list(ids)
    rows = session.execute(access.unscoped(select(Article.id, Article.created_at).where(Article.id.in_(wanted)), why="names"))
    found = {row.id: article_id(row.id, row.created_at) for row in rows}
    came = select(Imported.article_id, Imported.origin).where(Imported.article_id.in_(wanted), Imported.origin.startswith(PREFIX))
    return found | {row.article_id: row.origin.removeprefix(PREFIX) for row in session.execute(came)}
