"""Articles made of records: each once, by the services that the desk uses, a few dozen in a transaction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from html import escape

from flask_babel import gettext as _
from sqlalchemy import select

from unionhall.base import db
from unionhall.base.text import tidy
from unionhall.hooks.types import Actor
from unionhall.news import content as contents
from unionhall.news import editing, publishing, rights, sections
from unionhall.news.content import LIMITS, BylineLine, Content
from unionhall.news.exchange import pictures as images
from unionhall.news.exchange.batches import Batches, Keep
from unionhall.news.exchange.pictures import Note, Pictures
from unionhall.news.exchange.records import Made, Problem, Record, Report
from unionhall.news.models import Article, BylineRole, Imported, Redirect, Section, State
from unionhall.orgs.models import Org
from unionhall.platform import access

PAGES = "pages"
LONGEST_PATH = 400


@dataclass(frozen=True)
class Destination:
    """Where things go that do not say so themselves, who brings them, and whether it is only tried."""

    org_id: int
    section_id: int
    actor: Actor
    now: datetime
    dry_run: bool = False


class Arrival(Batches[Record]):
    """One import of records."""

    def __init__(self, to: Destination, pictures: Pictures, keep: Keep | None = None) -> None:
        super().__init__(Record, pictures, keep=keep, dry_run=to.dry_run)
        self.to, self.actor, self.now = to, to.actor, to.now
        self._redirects: dict[str, int] = {}
        self._sections: dict[str, Section] = {}
        self._tried: set[str] = set()

    def pictures_of(self, record: Record) -> Iterable[str]:
        """Return the addresses of everything that the record shows."""
        return [*images.addresses(record.body), *([record.cover.source] if record.cover else [])]

    def name(self, record: Record) -> tuple[str, int]:
        """Return what a report calls the record, and its line."""
        return record.title or record.origin, record.line

    def make(self, records: list[Record], report: Report) -> None:
        """Make articles of a batch in the unit of work that is open."""
        session = db.session()
        org = session.get_one(Org, self.to.org_id)
        self._redirects = redirects([path for record in records for path in record.old])
        listed = sections.all_sections()
        self._sections = {section.name: section for section in listed} | {section.slug: section for section in listed}
        known = {row.origin: row for row in session.scalars(select(Imported).where(Imported.origin.in_([r.origin for r in records])))}
        for record in records:
            earlier = known.get(record.origin)
            if record.origin in self._tried or (earlier is not None and earlier.digest == record.digest):
                report.skipped += 1
                continue
            report.problems += record.problems
            if earlier is not None:
                self._again(record, earlier, report)
            else:
                known[record.origin] = self._new(record, org, report)
        if self.dry_run:
            self._tried |= {record.origin for record in records}

    def _new(self, record: Record, org: Org, report: Report) -> Imported:
        section, words = self._section(record, report)
        content = self._content(record, words, org, report)
        article = editing.create_article(org, section, content, actor=self.actor, now=self.now, origin=record.origin)
        if record.wanted == "published":
            publishing.arrive(article, at=min(record.at or self.now, self.now), actor=self.actor, now=self.now)
        elif record.wanted == "scheduled" and record.at:
            publishing.arrive_later(article, publish_at=record.at, actor=self.actor, now=self.now)
        row = Imported(
            origin=record.origin, article_id=article.id, digest=record.digest, revision_id=article.head_id or 0, at=self.now
        )
        db.session().add(row)
        self._lead_here(record, article, report)
        report.note(Made("created", article.head.headline, article.id))
        return row

    def _again(self, record: Record, earlier: Imported, report: Report) -> None:
        """Bring over what changed at the source, unless somebody edited the article here since."""
        article = db.session().scalars(access.unscoped(select(Article).where(Article.id == earlier.article_id), why="import")).one()
        if article.head_id != earlier.revision_id:
            report.skipped += 1
            self._note(record, report, "edited-here", _("这篇在这里改过，没有用来源的新内容覆盖。"))
            return
        _section, words = self._section(record, report)
        content = self._content(record, words, article.org, report)
        publishing.renew(article, content, actor=self.actor, now=self.now)
        earlier.digest, earlier.revision_id, earlier.at = record.digest, article.head_id or 0, self.now
        self._lead_here(record, article, report)
        report.note(Made("updated", article.head.headline, article.id))

    def _section(self, record: Record, report: Report) -> tuple[Section, tuple[str, ...]]:
        """Return where it goes, and the categories that are no section here: they become tags."""
        chosen = db.session().get_one(Section, self.to.section_id)
        if record.page:
            return self._pages(record, report) or chosen, ()
        for slug, label in record.categories:
            if (found := self._sections.get(slug) or self._sections.get(label)) and found.open:
                return found, tuple(name for other, name in record.categories if other != slug)
        return chosen, tuple(name for _slug, name in record.categories)

    def _pages(self, record: Record, report: Report) -> Section | None:
        """Return the section of pages that are no news; None, and a note, when there is none and this actor may not make it."""
        found = db.session().scalar(select(Section).where(Section.slug == PAGES))
        if found is not None:
            return found
        if not access.can(self.actor, rights.SECTIONS, access.SITE):
            self._note(record, report, "no-pages-section", _("这是网站页面，但还没有“网站页面”栏目，放进了所选的栏目。"))
            return None
        fields = sections.SectionFields(_("网站页面"), PAGES, position=900, open=True, steps=((_("审核"), sections.STEP_PERMISSIONS[1]),))
        return sections.save_section(None, fields, actor=self.actor, now=self.now)

    def _content(self, record: Record, words: tuple[str, ...], org: Org, report: Report) -> Content:
        noted: set[tuple[str, str]] = set()

        def note(code: str, message: str) -> None:
            if (code, message) not in noted:
                noted.add((code, message))
                self._note(record, report, code, message)

        body, cover = self._pictures_in(record, org, note)
        title = tidy(record.title)
        if not title:
            title = _("（无标题）")
            note("no-title", _("来源没有标题，请编辑补上。"))
        if len(title) > LIMITS["headline"]:
            note("long-title", _("标题超过 %(n)s 字，截短了；全文放在正文第一段。", n=LIMITS["headline"]))
            body, title = f"<p><strong>{escape(title)}</strong></p>{body}", title[: LIMITS["headline"] - 1] + "…"
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
            cover_credit=record.cover.credit[:60] if cover and record.cover else "",
        )  # fmt: skip

    def _pictures_in(self, record: Record, org: Org, note: Note) -> tuple[str, images.Shown | None]:
        """Return the body with its pictures, and the cover; without a folder one note says how many were left out."""
        if self.pictures.folder is None:
            if left := len(set(self.pictures_of(record))):
                note("picture-missing", images.left_out(left))
            return self.pictures.shown(record.body, org, lambda code, message: None), None
        cover = self.pictures.take(record.cover.source, org, note) if record.cover else None
        return self.pictures.shown(record.body, org, note), cover

    def _lead_here(self, record: Record, article: Article, report: Report) -> None:
        for path in lead_here(record.old, article, self._redirects):
            self._note(record, report, "address-taken", _("旧网址“%(path)s”已经指向另一篇文章。", path=path))

    def _note(self, record: Record, report: Report, code: str, message: str) -> None:
        item, line = self.name(record)
        report.problems.append(Problem(item, code, message, line))


def redirects(paths: list[str]) -> dict[str, int]:
    """Return {path: article id} of the old addresses that are taken."""
    rows = db.session().execute(select(Redirect.path, Redirect.article_id).where(Redirect.path.in_(paths)))
    return {row.path: row.article_id for row in rows}


def lead_here(paths: Iterable[str], article: Article, taken: dict[str, int]) -> list[str]:
    """Make old addresses lead to the article, and note them as taken; returns those that lead to another one already."""
    refused = []
    for path in paths:
        if len(path) > LONGEST_PATH or path.startswith(article.url):
            continue
        holder = taken.get(path)
        if holder is None:
            taken[path] = article.id
            db.session().add(Redirect(path=path, article_id=article.id))
        elif holder != article.id:
            refused.append(path)
    return refused


def leads_to(path: str) -> str | None:
    """Return the address of the article that this one led to elsewhere, None when there is none or it cannot be opened."""
    wanted = [path, path.rstrip("/"), path.rstrip("/") + "/"]
    found = db.session().scalar(select(Redirect.article_id).where(Redirect.path.in_(wanted)).limit(1))
    if found is None:
        return None
    article = db.session().scalar(access.unscoped(select(Article).where(Article.id == found), why="redirect"))
    return article.url if article is not None and (article.is_live or article.state in _STILL_THERE) else None


_STILL_THERE = (State.WITHDRAWN, State.ARCHIVED)
