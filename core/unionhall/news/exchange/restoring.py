"""Articles brought back from JSON lines: every revision, in the state it had, each once.

What was changed here since it was brought in is left alone. Nothing a file says is believed beyond the rights of the one
who imports: orgs and sections are only made, accounts only linked, by those who might do so by hand.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from flask_babel import gettext as _
from sqlalchemy import func, select

from unionhall.base import db
from unionhall.base.errors import UnionHallError
from unionhall.hooks.types import Event
from unionhall.news import findable
from unionhall.news import pictures as shown
from unionhall.news.exchange import arriving, jsonl, relating
from unionhall.news.exchange.arriving import Destination
from unionhall.news.exchange.batches import Batches, Keep, Progress
from unionhall.news.exchange.jsonl_reading import Entry, Source
from unionhall.news.exchange.jsonl_writing import PREFIX
from unionhall.news.exchange.pictures import Note, Pictures
from unionhall.news.exchange.places import Places
from unionhall.news.exchange.records import Made, Problem, Report
from unionhall.news.exchange.restored import Restored, shown_files
from unionhall.news.models import Article, Imported, Revision, Section, State, Transition
from unionhall.orgs.models import Org
from unionhall.platform import access, audit, outbox, pagecache, search


@dataclass
class _Known:
    """What is here already of the articles of one batch."""

    places: Places
    report: Report
    imported: dict[str, Imported]
    own: dict[str, int]
    slugs: set[str]
    origins: set[str]
    redirects: dict[str, int]


class Restoration(Batches[Entry]):
    """One import of JSON lines."""

    def __init__(self, path: Path, source: Source, to: Destination, pictures: Pictures, keep: Keep | None = None) -> None:
        super().__init__(Entry, pictures, keep=keep, dry_run=to.dry_run)
        self.path, self.source, self.to = path, source, to
        self._tried: set[str] = set()
        self._said: set[str] = set()
        self._closed: list[str] = []

    def take(self, items: Iterable[Entry | Problem], progress: Progress = lambda done: None, *, skip: int = 0) -> Report:
        """Bring everything back; then close the orgs that are closed, and point articles to those that came after them."""
        report = super().take(items, progress, skip=skip)
        if not self.dry_run:
            self._close_orgs()
            relating.relate(self.path)
        return report

    def pictures_of(self, item: Entry) -> Iterable[str]:
        """Return the addresses of everything that an article shows in any of its revisions."""
        return shown_files(item.data) if isinstance(item.data, jsonl.ArticleLine) else ()

    def name(self, item: Entry) -> tuple[str, int]:
        """Return what a report calls the line."""
        return (item.data.title if isinstance(item.data, jsonl.ArticleLine) else item.data.name), item.line

    def make(self, records: list[Entry], report: Report) -> None:
        """Make orgs, sections and articles of a batch in the unit of work that is open."""
        places = Places(self.source.root, self.to.actor, self.to.now)
        for entry in records:
            if isinstance(entry.data, jsonl.OrgLine) and self._place(entry, places, report) and entry.data.status == "closed":
                self._closed.append(entry.data.slug)
            elif isinstance(entry.data, jsonl.SectionLine):
                self._place(entry, places, report)
        lines = [entry.data for entry in records if isinstance(entry.data, jsonl.ArticleLine)]
        known = _known(lines, places, report)
        for entry in records:
            if isinstance(entry.data, jsonl.ArticleLine):
                self._article(entry, entry.data, known)
        if self.dry_run:
            self._tried |= {line.id for line in lines}

    def _place(self, entry: Entry, places: Places, report: Report) -> bool:
        """Make an org or a section; of one that cannot be made the articles go to the place that was chosen."""
        name, line = self.name(entry)
        try:
            with db.session().begin_nested():
                made = places.add_org(entry.data) if isinstance(entry.data, jsonl.OrgLine) else places.add_section(entry.data)  # type: ignore[arg-type]
        except UnionHallError as error:
            report.problems.append(Problem(name, "place-refused", _("没有新建：%(why)s", why=str(error.message)), line))
            return False
        if made:
            self._said.add(f"{entry.data.type}:{entry.data.slug}")
            report.places[entry.data.type] = report.places.get(entry.data.type, 0) + 1
        return made

    def _article(self, entry: Entry, line: jsonl.ArticleLine, known: _Known) -> None:
        def note(code: str, message: str) -> None:
            item, number = self.name(entry)
            known.report.problems.append(Problem(item, code, message, number))

        earlier = known.imported.get(PREFIX + line.id)
        if line.id in self._tried or (earlier.digest == entry.digest if earlier is not None else line.id in known.own):
            known.report.skipped += 1
        elif earlier is not None:
            self._again(entry, line, earlier, known, note)
        elif line.origin and line.origin in known.origins:
            known.report.skipped += 1
            note("same-origin", _("本站已经有同一来源（%(origin)s）的稿件，没有再导入。", origin=line.origin))
        else:
            self._new(entry, line, known, note)

    def _new(self, entry: Entry, line: jsonl.ArticleLine, known: _Known, note: Note) -> None:
        now, org = self.to.now, self._org(line, known, note)
        article = Article(
            org_id=org.id, section_id=self._section(line, known, note).id, slug=self._slug(line, known, note), state=State.DRAFT.value,
            origin=line.origin, created_at=line.created_at, updated_at=now,
        )  # fmt: skip
        db.session().add(article)
        db.session().flush()
        rows = Restored(line, org, known.places, self.pictures, note)
        numbers = {item.number: item.id for item in rows.revisions(article)}
        rows.stand(article, numbers, now)
        rows.steps(article, numbers)
        rows.rest(article, numbers, known.origins)
        imported = Imported(origin=PREFIX + line.id, article_id=article.id, digest=entry.digest, revision_id=article.head_id or 0, at=now)
        db.session().add(imported)
        known.imported[imported.origin] = imported
        known.origins |= {line.origin} if line.origin else set()
        self._done("created", article, line, known, note)

    def _again(self, entry: Entry, line: jsonl.ArticleLine, earlier: Imported, known: _Known, note: Note) -> None:
        """Bring over what changed at the source, unless something changed here since."""
        article = db.session().scalars(access.unscoped(select(Article).where(Article.id == earlier.article_id), why="import")).one()
        if article.head_id != earlier.revision_id or article.updated_at > earlier.at:
            known.report.skipped += 1
            note("edited-here", _("这篇在这里改过，没有用来源的新内容覆盖。"))
            return
        there = select(Revision.number, Revision.id).where(Revision.article_id == article.id)
        kept = {row.number: row.id for row in db.session().execute(there)}
        last = db.session().scalar(select(func.max(Transition.at)).where(Transition.article_id == article.id))
        rows = Restored(line, article.org, known.places, self.pictures, note)
        before, new = rows.standing(article), rows.revisions(article, max(kept))
        numbers = kept | {item.number: item.id for item in new}
        rows.stand(article, numbers, self.to.now)
        rows.steps(article, numbers, last)
        earlier.digest, earlier.revision_id, earlier.at = entry.digest, article.head_id or 0, self.to.now
        if new or rows.standing(article) != before:
            self._done("updated", article, line, known, note)
        else:
            known.report.skipped += 1

    def _done(self, what: Literal["created", "updated"], article: Article, line: jsonl.ArticleLine, known: _Known, note: Note) -> None:
        """Let old addresses lead here, drop pages, tell the library, search, plugins and the audit trail."""
        db.session().flush()
        db.session().expire(article, ["head", "live"])
        shown.note(article)
        for path in arriving.lead_here(line.old, article, known.redirects):
            note("address-taken", _("旧网址“%(path)s”已经指向另一篇文章。", path=path))
        if article.live_id is not None:
            words = {tag for item in line.revisions if item.number in {line.head, line.live} for tag in item.tags}
            places = (f"news:article:{article.id}", f"news:section:{article.section_id}")
            pagecache.purge("news", *places, *(f"news:tag:{word}" for word in words))
            search.changed(findable.KIND, article.id, now=self.to.now)
            outbox.publish(Event("news.arrived", article.id, article.org_id, {"state": article.state}), now=self.to.now)
        actor, now = self.to.actor, self.to.now
        audit.record("news.restored", f"article:{article.id}", actor=actor, now=now, org_id=article.org_id, state=article.state)
        known.report.note(Made(what, line.title, article.id))

    def _org(self, line: jsonl.ArticleLine, known: _Known, note: Note) -> Org:
        found = known.places.writable(line.org)
        if found is None and self._say_once(f"org:{line.org}"):
            note("org-unknown", _("本站没有组织“%(slug)s”，或者你不能以它的名义导入；它的稿件归到所选的组织。", slug=line.org))
        return found or db.session().get_one(Org, self.to.org_id)

    def _section(self, line: jsonl.ArticleLine, known: _Known, note: Note) -> Section:
        found = known.places.section(line.section)
        if found is None and self._say_once(f"section:{line.section}"):
            note("section-unknown", _("本站没有栏目“%(slug)s”，它的稿件放进所选的栏目。", slug=line.section))
        return found or db.session().get_one(Section, self.to.section_id)

    def _say_once(self, what: str) -> bool:
        new = what not in self._said
        self._said.add(what)
        return new

    def _slug(self, line: jsonl.ArticleLine, known: _Known, note: Note) -> str:
        if line.slug not in known.slugs:
            known.slugs.add(line.slug)
            return line.slug
        note("slug-taken", _("网址“%(slug)s”已经有别的文章用了，换了一个。", slug=line.slug))
        return f"{line.slug[:73]}-{secrets.token_hex(3)}"

    def _close_orgs(self) -> None:
        for slug in reversed(self._closed):
            try:
                with db.unit_of_work():
                    Places(self.source.root, self.to.actor, self.to.now).close_org(slug)
            except UnionHallError as error:
                self.report.problems.append(Problem(slug, "place-refused", str(error.message)))


def _known(lines: list[jsonl.ArticleLine], places: Places, report: Report) -> _Known:
    """Read what is here already of these articles, in a few queries."""
    session = db.session()
    imported = session.scalars(select(Imported).where(Imported.origin.in_([PREFIX + line.id for line in lines])))
    slugs = access.unscoped(select(Article.slug).where(Article.slug.in_([line.slug for line in lines])), why="address")
    origins = [line.origin for line in lines if line.origin]
    taken = access.unscoped(select(Article.origin).where(Article.origin.in_(origins)), why="origin")
    sources = [item.origin for line in lines for item in line.sources]
    known = set(session.scalars(select(Imported.origin).where(Imported.origin.in_(sources))))
    return _Known(
        places, report, {row.origin: row for row in imported},
        relating.own(line.id for line in lines), set(session.scalars(slugs)),
        known | {origin for origin in session.scalars(taken) if origin},
        arriving.redirects([path for line in lines for path in line.old]),
    )  # fmt: skip
