"""Chapters on other pages: home, an org's page, /my/, the desk's dashboard."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from flask import render_template
from markupsafe import Markup
from sqlalchemy import func, select

from unionhall.plugin import (
    Actor,
    Card,
    HomeBlock,
    Person,
    can,
    clock,
    current_member,
    member_unions,
    orgs_by_ids,
    scoped,
    session,
    tag_page,
    unscoped,
)
from unionhall_chapters import pages, queries, rights
from unionhall_chapters.joining import applying, shown
from unionhall_chapters.joining.models import Application
from unionhall_chapters.models import OPEN, Chapter

AT_HOME, AT_DESK = 8, 5


def home(_now: datetime) -> Iterator[HomeBlock]:
    """Yield a strip of chapters."""
    tag_page(pages.LISTS)
    wanted = select(Chapter).where(Chapter.state.in_([state.value for state in OPEN])).limit(AT_HOME)
    found = list(session().scalars(unscoped(wanted.order_by(Chapter.founded_on.desc(), Chapter.id.desc()), why="public")))
    if found:
        yield HomeBlock(Markup(render_template("chapters/home.html", rows=shown.rows(found))), "main", 450)


def of_org(org_id: int) -> Iterator[Markup]:
    """Yield the chapter that an org is, or those right below it."""
    tag_page(pages.LISTS)
    wanted = select(Chapter).where(
        (Chapter.org_id == org_id) | (Chapter.parent_id == org_id), Chapter.state.in_(shown.LISTED)
    ).order_by(Chapter.name).limit(AT_HOME)  # fmt: skip
    found = list(session().scalars(unscoped(wanted, why="public")))
    if found:
        own = any(chapter.org_id == org_id for chapter in found)
        yield Markup(render_template("chapters/org.html", rows=shown.rows(found), own=own))


def mine(person: Person, now: datetime) -> Iterator[Card]:
    """Yield the card "my chapters": those one belongs to, beside which union, and what one asked."""
    member = current_member()
    if member is None or person.member_id != member.id:
        return
    held = member_unions(member.id)
    chapters = queries.of_orgs(row.org_id for row in held)
    asked = select(Application).where(Application.member_id == member.id, Application.state == "open")
    waiting = list(session().scalars(asked))
    if not chapters and not waiting:
        return
    unions = {row.org_id: row for row in held}
    primary = next((row for row in held if row.is_primary), None)
    left = {chapter.id: unions[chapter.org_id] for chapter in chapters}
    yield Card(Markup(render_template(
        "chapters/my_card.html", chapters=chapters, left=left, primary=primary, waiting=waiting,
        names=queries.by_ids(row.chapter_id for row in waiting), today=clock.local_day(now),
    )), "main", 45)  # fmt: skip


def dashboard(actor: Actor, scope: str) -> Iterator[Card]:
    """Yield the card of applications that wait."""
    if not can(actor, rights.MANAGE, None):
        return
    inside = scoped(select(Chapter.id), Chapter, actor, rights.MANAGE, scope)
    statement = select(Application.chapter_id, func.count(), func.min(Application.asked_at)).where(
        Application.chapter_id.in_(inside), Application.state == "open"
    ).group_by(Application.chapter_id).order_by(func.min(Application.asked_at)).limit(AT_DESK)  # fmt: skip
    rows = session().execute(statement).all()
    if rows:
        names = queries.by_ids(row[0] for row in rows)
        lines = [(names[row[0]], row[1], row[2]) for row in rows]
        yield Card(Markup(render_template("chapters/desk/card_waiting.html", lines=lines)), "main", 25)


def going_over(org_id: int) -> Iterator[Markup]:
    """Yield the line of a merger's preview: what of a chapter goes over."""
    found = next((each for each in session().scalars(unscoped(select(Chapter).where(Chapter.org_id == org_id), why="merge preview"))), None)
    if found is not None:
        waiting = applying.numbers([found.id]).get(found.id, 0)
        org = orgs_by_ids([org_id])[org_id]
        yield Markup(render_template("chapters/merge_preview.html", chapter=found, waiting=waiting, org=org))
