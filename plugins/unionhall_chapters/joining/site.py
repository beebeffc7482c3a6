"""Pages of chapters for everybody: the list, one chapter, its rules."""

from __future__ import annotations

from datetime import timedelta

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from unionhall.plugin import (
    PageView,
    clock,
    media_assets,
    news_rows,
    org_by_slug,
    page_number,
    page_until,
    shared,
    shown_text,
    tag_page,
    tidy,
)
from unionhall_chapters import labels, pages, queries
from unionhall_chapters.blueprints import site
from unionhall_chapters.joining import offices, profile, shown
from unionhall_chapters.models import Chapter, ChapterKind

STORIES, FRESH = 4, timedelta(hours=1)


@site.get("/")
@shared("page", "kind", "org", unless=("q",))
def chapters() -> ResponseReturnValue:
    """List the chapters, perhaps of one kind or region, or those with a word in their name."""
    kind, words = request.args.get("kind", ""), tidy(request.args.get("q", ""))[:40]
    chosen = org_by_slug(slug) if (slug := request.args.get("org")) else None
    kind = kind if kind in set(ChapterKind) else ""
    page = shown.listed(page_number(), kind=kind, below=chosen.path if chosen else "", words=words)
    page_until(clock.now() + FRESH)
    return render_template(
        "chapters/list.html", page=page, kind=kind, kinds=labels.KINDS, chosen=chosen, places=shown.regions(), words=words,
        page_view=PageView("chapters.list"), noindex=bool(words),
    )  # fmt: skip


@site.get("/<slug>/")
@shared()
def chapter(slug: str) -> ResponseReturnValue:
    """Show one chapter; one that was merged leads to where it went."""
    found = queries.by_slug(slug)
    tag_page(pages.tag(found.id))
    if found.merged_into_id is not None:
        return redirect(url_for("chapters.chapter", slug=queries.by_ids([found.merged_into_id])[found.merged_into_id].slug), 301)
    page_until(clock.now() + FRESH)  # the roster's own steps change the number of members, and say nothing to this page
    return page(found)


@site.get("/<slug>/rules/")
@shared()
def rules(slug: str) -> ResponseReturnValue:
    """Show the chapter's rules in force, and the versions before."""
    found = queries.by_slug(slug)
    tag_page(pages.tag(found.id))
    view = PageView("chapters.rules", found.id, found.org_id)
    return render_template("chapters/rules.html", chapter=found, versions=profile.rules(found), page_view=view)


def page(found: Chapter, *, preview: bool = False) -> str:
    """Return a chapter's page as readers see it."""
    (row,) = shown.rows([found])
    held = offices.named(offices.current(found))
    album = profile.album(found)
    pictures = media_assets([item for item in [found.cover_id, *album, *(office.photo_id for office, _name in held)] if item])
    news = news_rows(row.org.path, STORIES) if found.public else Markup("")
    return render_template(
        "chapters/chapter.html", chapter=found, row=row, kinds=labels.KINDS, states=labels.STATES, rules=labels.RULES, offices=held,
        cover=pictures.get(found.cover_id or 0), album=[pictures[item] for item in album if item in pictures], pictures=pictures, news=news,
        intro=shown_text(found.intro) if found.intro else "", versions=len(profile.rules(found)), noindex=preview or not found.open,
        preview=preview, page_view=PageView("chapters.preview" if preview else pages.KIND, found.id, found.org_id),
        canonical_path=url_for("chapters.chapter", slug=found.slug),
    )  # fmt: skip
