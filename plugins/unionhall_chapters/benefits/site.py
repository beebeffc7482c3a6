"""Routes for everybody: the catalogue and one benefit; and the chapter page's part of it."""

from __future__ import annotations

from datetime import timedelta

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from unionhall.plugin import PageView, clock, page_until, shared, tag_page
from unionhall_chapters import queries as chapters
from unionhall_chapters.benefits import claims, facts, labels, queries
from unionhall_chapters.benefits.catalogue import TAG
from unionhall_chapters.blueprints import site
from unionhall_chapters.models import Chapter

site.add_app_template_global(labels.yuan, "chapters_yuan")
site.add_app_template_global(labels.amount_words, "chapters_amount")
site.add_app_template_global(labels.state_words, "chapters_claim_state")
site.add_app_template_global(labels.tone, "chapters_claim_tone")
SHOWN = 6


@site.get("/benefits/")
@shared("category")
def benefits() -> ResponseReturnValue:
    """List what members may claim, perhaps of one kind."""
    tag_page(TAG)
    category, today = request.args.get("category", ""), clock.local_day(clock.now())
    if category and category not in set(labels.CATEGORIES):
        abort(404)
    page_until(clock.first_moment(today + timedelta(days=1)))
    rows = queries.offered(today, category=category)
    return render_template(
        "chapters/benefits/list.html", rows=rows, category=category, categories=labels.CATEGORIES, icons=labels.ICONS, payers=labels.PAYERS,
        page_view=PageView("chapters.benefits"),
    )  # fmt: skip


@site.get("/benefits/<int:benefit_id>/")
@shared()
def benefit(benefit_id: int) -> ResponseReturnValue:
    """Show a benefit: what it pays, who may claim, which papers; an older version leads to the present one."""
    tag_page(TAG)
    found = queries.benefit(benefit_id)
    return render_template(
        "chapters/benefits/benefit.html", benefit=found, offer=facts.offer(found), newer=queries.current_of(found),
        categories=labels.CATEGORIES,
        audiences=labels.AUDIENCES, payers=labels.PAYERS, wanted=claims.wanted(found),
        page_view=PageView("chapters.benefit", found.id, found.org_id),
    )  # fmt: skip


def on_chapter(chapter: Chapter) -> Markup | None:
    """Return the chapter page's list of benefits; nothing where there is none or the chapter is closed."""
    tag_page(TAG)
    rows = queries.for_chapter(chapter, clock.local_day(clock.now())) if chapter.open else []
    if not rows:
        return None
    page = render_template(
        "chapters/benefits/on_chapter.html", rows=rows[:SHOWN], icons=labels.ICONS, categories=labels.CATEGORIES,
        url=url_for("chapters.benefits")
    )
    return Markup(page)


def slot(name: str, page: PageView) -> Markup | None:
    """Return what benefits show in a slot."""
    if name != "chapters_chapter" or page.object_id is None:
        return None
    found = chapters.by_ids([page.object_id]).get(page.object_id)
    return on_chapter(found) if found else None
