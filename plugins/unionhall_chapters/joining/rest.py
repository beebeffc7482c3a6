"""Chapters for programs: what their public pages say."""

from __future__ import annotations

from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from unionhall.plugin import (
    ApiCall,
    ApiId,
    ApiModel,
    ApiOperation,
    ApiPage,
    ApiResource,
    absolute,
    session,
    tag_page,
    unscoped,
)
from unionhall_chapters import pages, queries
from unionhall_chapters.joining import shown
from unionhall_chapters.models import Chapter, ChapterKind, ChapterState, JoinRule


class ChaptersIn(ApiModel):
    """Which chapters: those of one kind."""

    kind: ChapterKind | None = None


class ChapterOut(ApiModel):
    """A chapter; `parent` is the slug of the union above it, `second` for how many members it is beside another union."""

    id: ApiId
    slug: str
    kind: ChapterKind
    state: ChapterState
    name: str
    name_en: str
    summary: str
    org: str
    parent: str
    people: int
    second: int
    url: str
    updated_at: datetime


class ChapterDetailOut(ChapterOut):
    """A chapter with its page; `intro` is HTML."""

    motto: str
    intro: str
    meets: str
    contact: str
    join: JoinRule
    founded_on: date | None


def chapters(call: ApiCall) -> ApiPage:
    """Return the chapters that readers find, the oldest first."""
    tag_page(pages.LISTS)
    wanted = select(Chapter).where(Chapter.state.in_(shown.LISTED))
    if call.query.kind is not None:
        wanted = wanted.where(Chapter.kind == call.query.kind.value)
    if call.after:
        wanted = wanted.where(Chapter.id > int(call.after[0]))
    found = list(session().scalars(unscoped(wanted.order_by(Chapter.id).limit(call.limit + 1), why="public")))
    rows = shown.rows(found[: call.limit])
    return ApiPage([ChapterOut(**_plain(row)) for row in rows], [found[call.limit - 1].id] if len(found) > call.limit else None)


def chapter(call: ApiCall) -> ChapterDetailOut:
    """Return the chapter with this address. Raises NotFound."""
    found = queries.by_slug(call.path["slug"])
    tag_page(pages.tag(found.id))
    return ChapterDetailOut(
        **_plain(shown.rows([found])[0]), motto=found.motto, intro=found.intro, meets=found.meets, contact=found.contact,
        join=JoinRule(found.join_rule), founded_on=found.founded_on,
    )  # fmt: skip


def _plain(row: shown.Row) -> dict[str, object]:
    found = row.chapter
    return {
        "id": found.id, "slug": found.slug, "kind": found.kind, "state": found.state, "name": found.name, "name_en": found.name_en,
        "summary": found.summary, "org": row.org.slug, "parent": row.parent.slug, "people": row.people, "second": row.second,
        "url": absolute(f"/chapters/{found.slug}/"), "updated_at": found.updated_at,
    }  # fmt: skip


RESOURCE = ApiResource("chapters", _l("协会"), (
    ApiOperation(
        "GET", "/chapters", "chapters_list", _l("协会，按编号"), chapters, scope=None, query=ChaptersIn, answer=ChapterOut, paged=True,
        most=100, shared=True, description=_l("kind 只列出一种。"),
    ),
    ApiOperation(
        "GET", "/chapters/{slug}", "chapters_get", _l("一个协会"), chapter, scope=None, answer=ChapterDetailOut, shared=True,
        description=_l("已注销的协会也找得到，state 写明它的状态。"),
    ),
))  # fmt: skip
