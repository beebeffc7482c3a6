"""Sections and their review steps (三审三校, configurable per section)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import func, select

from unionhall.base import db
from unionhall.base.errors import RuleBroken
from unionhall.base.text import slugify, tidy
from unionhall.hooks.types import Actor
from unionhall.news import rights
from unionhall.news.models import Article, ReviewStep, Section, State
from unionhall.platform import access, audit

RESERVED = frozenset({"by", "tag", "preview", "feed.xml"})
MOST_STEPS = 5


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
    """Create or change a section. Raises NotAllowed; RuleBroken for a taken address or a review without steps."""
    access.require(actor, rights.SECTIONS, access.SITE)
    steps = [(tidy(label), permission) for label, permission in fields.steps if tidy(label)]
    if not 1 <= len(steps) <= MOST_STEPS:
        raise RuleBroken(_("审稿流程要有 1 到 %(n)s 步。", n=MOST_STEPS), field="steps")
    slug = slugify(fields.slug or fields.name)
    if not slug or slug in RESERVED:
        raise RuleBroken(_("这个网址不能用，换一个。"), field="slug")
    row = section or Section()
    if db.session().scalar(select(Section.id).where(Section.slug == slug, Section.id != (row.id or 0))):
        raise RuleBroken(_("网址“%(slug)s”已经有别的栏目用了。", slug=slug), field="slug")
    row.slug, row.name, row.name_en = slug, tidy(fields.name), tidy(fields.name_en)
    row.summary, row.position, row.open = tidy(fields.summary), fields.position, fields.open
    db.session().add(row)
    row.steps.clear()
    db.session().flush()
    row.steps.extend(ReviewStep(position=at, label=label, permission=kind) for at, (label, kind) in enumerate(steps))
    db.session().flush()
    audit.record("news.section_saved", f"section:{row.id}", actor=actor, now=now, slug=slug, steps=len(steps))
    return row


def remove_section(section: Section, *, actor: Actor, now: datetime) -> None:
    """Remove a section that never held an article; others can only be closed."""
    access.require(actor, rights.SECTIONS, access.SITE)
    held = select(func.count()).select_from(Article).where(Article.section_id == section.id)
    if count := db.session().scalar(access.unscoped(held, why="counted")):
        raise RuleBroken(_("“%(name)s”里有 %(n)s 篇稿件，不能删除。可以停用它：不再收稿，旧文章照常能看。", name=section.name, n=count))
    audit.record("news.section_removed", f"section:{section.id}", actor=actor, now=now, slug=section.slug)
    db.session().delete(section)


def waiting(section: Section) -> int:
    """Return how many articles are under way in a section; changed steps hold for them at once."""
    under_way = select(func.count()).select_from(Article).where(
        Article.section_id == section.id, Article.state == State.SUBMITTED.value
    )
    return db.session().scalar(access.unscoped(under_way, why="counted")) or 0
