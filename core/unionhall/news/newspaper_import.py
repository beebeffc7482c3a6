"""Importing a newspaper page: its stories become drafts, each once, with what an editor should check beside them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from unionhall.base import db
from unionhall.base.errors import NotAllowed, RuleBroken
from unionhall.hooks.types import Actor
from unionhall.news import content as contents
from unionhall.news import editing, newspaper, newspaper_flags, rights
from unionhall.news.content import BylineLine, Content
from unionhall.news.models import Article, Section
from unionhall.news.newspaper import PageUnreadable, Story
from unionhall.orgs.models import Org
from unionhall.platform import access, audit


class PageRefused(RuleBroken):
    """The text is no newspaper page that can be read; the code says why, the message what to do."""


@dataclass(frozen=True)
class Item:
    """One story of the page: what would become of it, and what an editor should look at."""

    story: Story
    content: Content
    origin: str
    flags: tuple[str, ...]
    existing: Article | None = None
    repeated: bool = False
    problem: str = ""

    @property
    def new(self) -> bool:
        """True when importing makes a draft of it."""
        return self.existing is None and not self.repeated and not self.problem

    @property
    def messages(self) -> tuple[str, ...]:
        """Return what somebody has to look at: nothing for a story that is there already."""
        return (self.problem,) if self.problem else self.flags if self.new else ()

    @property
    def names(self) -> str:
        """Return everybody in its bylines."""
        return "、".join(name for line in self.content.bylines for name in line.names)


@dataclass(frozen=True)
class Report:
    """What importing a page would do, or did: `made` are the drafts, by origin."""

    items: tuple[Item, ...]
    leftovers: tuple[str, ...]
    made: dict[str, Article]

    @property
    def created(self) -> int:
        """Return how many drafts it makes, or made."""
        return sum(item.new for item in self.items)

    @property
    def skipped(self) -> int:
        """Return how many stories are there already, or stand on the page twice."""
        return sum(item.existing is not None or item.repeated for item in self.items)

    def counts(self) -> dict[str, Any]:
        """Return the report that every import prints: numbers, and each thing to look at."""
        problems = [
            {"line": item.story.line, "headline": item.story.headline, "message": message}
            for item in self.items
            for message in item.messages
        ]
        problems += [{"line": None, "headline": "", "message": message} for message in self.leftovers]
        return {"created": self.created, "updated": 0, "skipped": self.skipped, "problems": problems}


def read(data: bytes) -> str:
    """Return the text of a file. Raises PageRefused."""
    try:
        return newspaper.decode(data)
    except PageUnreadable as error:
        raise refused(error) from error


def plan(text: str, org: Org) -> Report:
    """Return what importing this page for an org would make; nothing is written. Raises PageRefused."""
    try:
        page = newspaper.read_page(text)
    except PageUnreadable as error:
        raise refused(error) from error
    origins = [f"newspaper:{org.id}:{story.fingerprint}" for story in page.stories]
    known = _known(origins)
    items = tuple(
        _item(story, origin, known.get(origin), repeated=origin in origins[:place])
        for place, (story, origin) in enumerate(zip(page.stories, origins, strict=True))
    )
    leftovers = tuple(newspaper_flags.sentence(flag.kind, flag.excerpt, flag.params) for flag in page.leftovers)
    return Report(items, leftovers, {})


def apply(text: str, org: Org, section: Section, *, actor: Actor, now: datetime) -> Report:
    """Make a draft of every new story; what another import made meanwhile is skipped and reported as such.

    Raises NotAllowed, PageRefused, RuleBroken for an org or section that takes no articles.
    """
    if not access.can(actor, rights.IMPORT, org):
        raise NotAllowed(_("你不能以“%(org)s”的名义导入稿件。", org=org.name))
    made: dict[str, Article] = {}
    items: list[Item] = []
    report = plan(text, org)
    for item in report.items:
        done, article = _make(item, org, section, actor, now)
        items.append(done)
        if article is not None:
            made[item.origin] = article
    result = Report(tuple(items), report.leftovers, made)
    audit.record("news.imported", f"section:{section.id}", actor=actor, now=now, org_id=org.id, source="newspaper",
                 created=result.created, skipped=result.skipped)
    return result


def _make(item: Item, org: Org, section: Section, actor: Actor, now: datetime) -> tuple[Item, Article | None]:
    if not item.new:
        return item, None
    try:
        with db.session().begin_nested():
            article = editing.create_article(org, section, item.content, actor=actor, now=now, origin=item.origin)
    except db.IntegrityError:
        existing = _known([item.origin]).get(item.origin)
        if existing is None:
            raise
        return replace(item, existing=existing), None
    if item.flags:
        article.head.note = _("报纸导入：%(n)s 处要核对", n=len(item.flags))
        newspaper_flags.keep(article, item.story.flags)
    else:
        article.head.note = _("报纸导入")
    return item, article


def _item(story: Story, origin: str, existing: Article | None, *, repeated: bool) -> Item:
    flags = tuple(newspaper_flags.sentence(flag.kind, flag.excerpt, flag.params, flag.paragraph) for flag in story.flags)
    content = Content(
        headline=story.headline, kicker=story.kicker, subhead=story.subhead, slug_line=story.slug_line, body=story.html(),
        bylines=tuple(BylineLine(line.role, line.names) for line in story.bylines),
    )
    try:
        problem, content = "", contents.tidied(content)
    except RuleBroken as error:
        problem = _("没有导入：%(why)s", why=str(error))
    return Item(story, content, origin, flags, existing, repeated, problem)


def _known(origins: list[str]) -> dict[str, Article]:
    """Return {origin: article} of stories that were imported before."""
    statement = access.unscoped(select(Article).where(Article.origin.in_(origins)), why="imported before")
    return {article.origin or "": article for article in db.session().scalars(statement)}


def refused(error: PageUnreadable) -> PageRefused:
    """Return the refusal of a text that cannot be read, with what to do about it."""
    words = {
        "empty": _("里面没有文字。请选有内容的文件，或者把文字贴进来。"),
        "binary": _("这不是文本文件。请把版面文字另存为 .txt 或 .md 再上传。"),
        "too-large": _("超过 1 MB。请按版面拆成几个文件，分几次导入。"),
        "too-many-stories": _("一次最多导入 %(n)s 篇。请拆成几个文件。", n=newspaper.MAX_STORIES),
        "no-headline": _("没有找到标题。每篇的标题单独一行，前面加 ## 和一个空格。"),
    }
    return PageRefused(words.get(error.code, _("这份文字读不懂。")), code=f"page-{error.code}", field="text")
