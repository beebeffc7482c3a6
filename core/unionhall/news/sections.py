"""Sections and their review steps (三审三校, configurable per section)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import case, func, select

from unionhall.base import db
from unionhall.base.errors import RuleBroken
from unionhall.base.text import slugify, tidy
from unionhall.hooks.types import Actor
from unionhall.news import rights
from unionhall.news.models import Article, ReviewStep, Section, State
from unionhall.platform import access, audit, pagecache, search

RESERVED = frozenset({"by", "tag", "preview", "feed.xml"})
MOST_STEPS, LONGEST_LABEL = 5, 20
STEP_PERMISSIONS = (rights.REVIEW, rights.SIGN_OFF)


@dataclass(frozen=True)
class SectionFields:
    """What a person fills in about a section; `steps` are (name, permission), in order."""

    name: str
    slug: str = ""
    name_en: str = ""
    summary: str = ""
    position: int = 100
    open: bool = True
    steps: tuple[tuple[str, str], ...] = ()


def save_section(section: Section | None, fields: SectionFields, *, actor: Actor, now: datetime) -> Section:
    """Create or change a section. Raises NotAllowed; RuleBroken for a taken address or a review without steps.

    Changed steps hold at once for what is under way: an article that has passed more steps than there are now waits
    for a final sign-off.
    """
    access.require(actor, rights.SECTIONS, access.SITE)
    name, steps = tidy(fields.name), _steps(fields)
    if not name:
        raise RuleBroken(_("栏目要有名称。"), field="name")
    slug = slugify(fields.slug or name)
    if not slug or slug in RESERVED:
        raise RuleBroken(_("这个网址不能用，换一个。"), field="slug")
    row = section or Section()
    if db.session().scalar(select(Section.id).where(Section.slug == slug, Section.id != (row.id or 0))):
        raise _taken(slug)
    try:
        with db.session().begin_nested():
            renamed = bool(row.id) and row.slug != slug
            row.slug, row.name, row.name_en = slug, name, tidy(fields.name_en)
            row.summary, row.position, row.open = tidy(fields.summary), fields.position, fields.open
            db.session().add(row)
    except db.IntegrityError as error:
        raise _taken(slug) from error
    row.steps.clear()
    db.session().flush()
    row.steps.extend(ReviewStep(position=at, label=label, permission=kind) for at, (label, kind) in enumerate(steps))
    db.session().flush()
    pagecache.purge(pagecache.SITE)
    if renamed:
        search.all_changed(now=now)
    audit.record("news.section_saved", f"section:{row.id}", actor=actor, now=now, slug=slug, steps=len(steps))
    return row


def _steps(fields: SectionFields) -> list[tuple[str, str]]:
    steps = [(tidy(label), permission) for label, permission in fields.steps if tidy(label)]
    if not 1 <= len(steps) <= MOST_STEPS:
        raise RuleBroken(_("审稿流程要有 1 到 %(n)s 步。", n=MOST_STEPS), field="steps")
    for label, permission in steps:
        if len(label) > LONGEST_LABEL:
            raise RuleBroken(_("“%(label)s”太长，步骤名最多 %(n)s 个字。", label=label, n=LONGEST_LABEL), field="steps")
        if permission not in STEP_PERMISSIONS:
            raise RuleBroken(_("“%(label)s”由谁来审，要从列表里选。", label=label), field="steps")
    return steps


def _taken(slug: str) -> RuleBroken:
    return RuleBroken(_("网址“%(slug)s”已经有别的栏目用了。", slug=slug), field="slug")


def remove_section(section: Section, *, actor: Actor, now: datetime) -> None:
    """Remove a section that never held an article; others can only be closed."""
    access.require(actor, rights.SECTIONS, access.SITE)
    name, section_id, slug = section.name, section.id, section.slug
    if count := held(section):
        raise _not_empty(name, count)
    try:
        with db.session().begin_nested():
            db.session().delete(section)
    except db.IntegrityError as error:
        raise _not_empty(name, 1) from error
    pagecache.purge(pagecache.SITE)
    audit.record("news.section_removed", f"section:{section_id}", actor=actor, now=now, slug=slug)


def _not_empty(name: str, count: int) -> RuleBroken:
    return RuleBroken(_("“%(name)s”里有 %(n)s 篇稿件，不能删除。可以停用它：不再收稿，旧文章照常能看。", name=name, n=count))


def held(section: Section) -> int:
    """Return how many articles a section holds, whatever state they are in."""
    inside = select(func.count()).select_from(Article).where(Article.section_id == section.id)
    return db.session().scalar(access.unscoped(inside, why="counted")) or 0


def all_sections() -> list[Section]:
    """Return every section, the closed ones too, in order."""
    return list(db.session().scalars(select(Section).order_by(Section.position, Section.id)))


def numbers() -> dict[int, tuple[int, int]]:
    """Return {section id: (articles it holds, of these under review)}, for the list of sections."""
    under_way = func.sum(case((Article.state == State.SUBMITTED.value, 1), else_=0))
    rows = select(Article.section_id, func.count(), under_way).group_by(Article.section_id)
    return {row[0]: (row[1], row[2]) for row in db.session().execute(access.unscoped(rows, why="counted"))}


def waiting(section: Section) -> int:
    """Return how many articles are under way in a section; changed steps hold for them at once."""
    under_way = select(func.count()).select_from(Article).where(
        Article.section_id == section.id, Article.state == State.SUBMITTED.value
    )
    return db.session().scalar(access.unscoped(under_way, why="counted")) or 0
