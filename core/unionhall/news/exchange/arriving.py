"""Articles made of records: each once, by the services that the desk uses, a few dozen in a transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from html import escape
from itertools import islice

from flask_babel import gettext as _
from sqlalchemy import select

from unionhall.base import db
from unionhall.base.errors import UnionHallError
from unionhall.base.text import tidy
from unionhall.hooks.types import Actor
from unionhall.news import content as contents
from unionhall.news import editing, publishing, sections
from unionhall.news.content import LIMITS, BylineLine, Content
from unionhall.news.exchange.pictures import Pictures
from unionhall.news.exchange.records import Problem, Record, Report
from unionhall.news.models import Article, BylineRole, Imported, Redirect, Section, State
from unionhall.orgs.models import Org
from unionhall.platform import access

BATCH = 50
PAGES = "pages"
LONGEST_PATH = 400
Progress = Callable[[int], object]


class Arrival:
    """One import: where things go, who brings them, and what came of it."""

    def __init__(
        self, *, org_id: int, section_id: int, pictures: Callable[[Org], Pictures], actor: Actor, now: datetime, dry_run: bool = False
    ) -> None:
        self.org_id, self.section_id, self.actor, self.now, self.dry_run = org_id, section_id, actor, now, dry_run
        self.report = Report()
        self._pictures = pictures
        self._redirects: dict[str, int] = {}
        self._sections: dict[str, Section] = {}

    def take(self, records: Iterable[Record | Problem], progress: Progress = lambda done: None) -> Report:
        """Make articles of the records, a few dozen in a transaction; one that cannot be made costs only itself."""
        done = 0
        for batch in _batches(records):
            found = [item for item in batch if isinstance(item, Record)]
            self.report.problems += [item for item in batch if isinstance(item, Problem)]
            self._batch(found)
            done += len(batch)
            progress(done)
        return self.report

    def _batch(self, records: list[Record]) -> None:
        before = replace(self.report, problems=list(self.report.problems))
        try:
            with db.unit_of_work():
                self._take(records)
                if self.dry_run:
                    raise _OnlyTried
        except _OnlyTried:
            return
        except UnionHallError as error:
            self.report.created, self.report.updated, self.report.skipped = before.created, before.updated, before.skipped
            self.report.problems = before.problems
            if len(records) > 1:
                for record in records:
                    self._batch([record])
            else:
                self.report.skipped += 1
                self._note(records[0], "refused", str(error.message))

    def _take(self, records: list[Record]) -> None:
        session = db.session()
        org = session.get_one(Org, self.org_id)
        pictures = self._pictures(org)
        self._redirects = _redirects([path for record in records for path in record.old])
        listed = sections.all_sections()
        self._sections = {section.name: section for section in listed} | {section.slug: section for section in listed}
        known = {row.origin: row for row in session.scalars(select(Imported).where(Imported.origin.in_([r.origin for r in records])))}
        for record in records:
            earlier = known.get(record.origin)
            if earlier is not None and earlier.digest == record.digest:
                self.report.skipped += 1
            elif earlier is not None:
                self._again(record, earlier, pictures)
            else:
                known[record.origin] = self._new(record, org, pictures)
            if earlier is None or earlier.digest != record.digest:
                self.report.problems += record.problems

    def _new(self, record: Record, org: Org, pictures: Pictures) -> Imported:
        section, words = self._section(record)
        content = self._content(record, words, org, pictures)
        article = editing.create_article(org, section, content, actor=self.actor, now=self.now, origin=record.origin)
        if record.wanted == "published":
            publishing.arrive(article, at=min(record.at or self.now, self.now), actor=self.actor, now=self.now)
        elif record.wanted == "scheduled" and record.at:
            publishing.arrive_later(article, publish_at=record.at, actor=self.actor, now=self.now)
        row = Imported(
            origin=record.origin, article_id=article.id, digest=record.digest, revision_id=article.head_id or 0, at=self.now
        )
        db.session().add(row)
        self._lead_here(record, article)
        self.report.created += 1
        return row

    def _again(self, record: Record, earlier: Imported, pictures: Pictures) -> None:
        """Bring over what changed at the source, unless somebody edited the article here since."""
        article = db.session().scalars(access.unscoped(select(Article).where(Article.id == earlier.article_id), why="import")).one()
        if article.head_id != earlier.revision_id:
            self.report.skipped += 1
            self._note(record, "edited-here", _("这篇在这里改过，没有用来源的新内容覆盖。"))
            return
        _section, words = self._section(record)
        content = self._content(record, words, article.org, pictures)
        publishing.renew(article, content, actor=self.actor, now=self.now)
        earlier.digest, earlier.revision_id, earlier.at = record.digest, article.head_id or 0, self.now
        self._lead_here(record, article)
        self.report.updated += 1

    def _section(self, record: Record) -> tuple[Section, tuple[str, ...]]:
        """Return where it goes, and the categories that are no section here: they become tags."""
        if record.page:
            return self._pages(), ()
        for slug, label in record.categories:
            if (found := self._sections.get(slug) or self._sections.get(label)) and found.open:
                return found, tuple(name for other, name in record.categories if other != slug)
        return db.session().get_one(Section, self.section_id), tuple(name for _slug, name in record.categories)

    def _pages(self) -> Section:
        found = db.session().scalar(select(Section).where(Section.slug == PAGES))
        if found is not None:
            return found
        fields = sections.SectionFields(_("网站页面"), PAGES, position=900, open=True, steps=((_("审核"), sections.STEP_PERMISSIONS[1]),))
        return sections.save_section(None, fields, actor=self.actor, now=self.now)

    def _content(self, record: Record, words: tuple[str, ...], org: Org, pictures: Pictures) -> Content:
        def note(code: str, message: str) -> None:
            self._note(record, code, message)

        title, body = tidy(record.title), pictures.shown(record.body, note)
        if not title:
            title = _("（无标题）")
            note("no-title", _("来源没有标题，请编辑补上。"))
        if len(title) > LIMITS["headline"]:
            note("long-title", _("标题超过 %(n)s 字，截短了；全文放在正文第一段。", n=LIMITS["headline"]))
            body, title = f"<p><strong>{escape(title)}</strong></p>{body}", title[: LIMITS["headline"] - 1] + "…"
        cover = pictures.take(record.cover.source, note) if record.cover else None
        lines = tuple(BylineLine(BylineRole.REPORTER, (name,)) for name in record.authors) or (
            BylineLine(BylineRole.SOURCE_ORG, (org.short_name,), org.id),
        )
        tags = tuple(dict.fromkeys(tidy(word)[:30] for word in (*record.tags, *words)))
        if len(tags) > contents.MOST_TAGS:
            note("tags", _("标签只留下前 %(n)s 个。", n=contents.MOST_TAGS))
        return Content(
            headline=title, body=body, summary=tidy(record.summary)[: LIMITS["summary"]], bylines=lines, tags=tags[: contents.MOST_TAGS],
            cover_id=cover.id if cover else None, cover_alt=(record.cover.alt or title)[:200] if cover and record.cover else "",
            cover_caption=record.cover.caption[:300] if cover and record.cover else "",
        )  # fmt: skip

    def _lead_here(self, record: Record, article: Article) -> None:
        for path in record.old:
            if len(path) > LONGEST_PATH or path.startswith(article.url):
                continue
            taken = self._redirects.get(path)
            if taken is None:
                self._redirects[path] = article.id
                db.session().add(Redirect(path=path, article_id=article.id))
            elif taken != article.id:
                self._note(record, "address-taken", _("旧网址“%(path)s”已经指向另一篇文章。", path=path))

    def _note(self, record: Record, code: str, message: str) -> None:
        self.report.problems.append(Problem(record.title or record.origin, code, message, record.line))


class _OnlyTried(Exception):
    """Everything was tried in earnest, and is rolled back."""


def _batches(records: Iterable[Record | Problem]) -> Iterator[list[Record | Problem]]:
    left = iter(records)
    while batch := list(islice(left, BATCH)):
        yield batch


def _redirects(paths: list[str]) -> dict[str, int]:
    """Return {path: article id} of the old addresses that are taken."""
    rows = db.session().execute(select(Redirect.path, Redirect.article_id).where(Redirect.path.in_(paths)))
    return {row.path: row.article_id for row in rows}


def leads_to(path: str) -> str | None:
    """Return the address of the article that this one led to elsewhere, None when there is none or it cannot be opened."""
    wanted = [path, path.rstrip("/"), path.rstrip("/") + "/"]
    found = db.session().scalar(select(Redirect.article_id).where(Redirect.path.in_(wanted)).limit(1))
    if found is None:
        return None
    article = db.session().scalar(access.unscoped(select(Article).where(Article.id == found), why="redirect"))
    return article.url if article is not None and (article.is_live or article.state in _STILL_THERE) else None


_STILL_THERE = (State.WITHDRAWN, State.ARCHIVED)
