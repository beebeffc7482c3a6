"""Lists of chapters and of a chapter's members as spreadsheets. The roster holds no numbers; its codes can be imported again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from unionhall.plugin import Actor, Cell, ExportSource, NotFound, clock, note_looks, roster_lines
from unionhall_chapters import labels, queries, rights, seams
from unionhall_chapters.joining import listed, listing, roster
from unionhall_chapters.models import Chapter

PART = 500


def _list_header(_filters: Mapping[str, str]) -> Sequence[str]:
    return [_("名称"), _("上级工会"), _("类型"), _("状态"), _("会员"), _("其中二次覆盖"), _("成立"), _("本届任期至"), _("网址")]


def _list_rows(actor: Actor, scope: str, filters: Mapping[str, str]) -> Iterable[Sequence[Cell]]:
    state = filters.get("state", "")
    wanted = listing.Wanted(scope, filters.get("q", "")[:40], state if state in labels.STATES else "")
    for row in listing.each(wanted, actor):
        chapter = row.chapter
        yield [
            chapter.name, row.parent.name, str(labels.KINDS[chapter.kind]), str(labels.STATES[chapter.state][0]), row.people, row.second,
            chapter.founded_on, chapter.term_ends, f"/chapters/{chapter.slug}/",
        ]  # fmt: skip


def _roster_header(_filters: Mapping[str, str]) -> Sequence[str]:
    return [_("会员编号"), _("姓名"), _("加入日期"), _("单位工会"), _("会籍"), _("见习期至"), _("到场次数")]


def _roster_rows(actor: Actor, _scope: str, filters: Mapping[str, str]) -> Iterator[Sequence[Cell]]:
    chapter = _chapter(actor, filters)
    words, offset = filters.get("q", "")[:40], 0
    while lines := roster_lines(chapter.org_id, words=words, offset=offset, limit=PART):
        ids = [line.member_id for line in lines]
        why = filters.get("purpose", "") or _("导出名单")
        note_looks(ids, what="export", why=why, actor=actor, org_id=chapter.org_id, now=clock.now())
        probation, times = roster.probation(chapter, ids), seams.attendance(chapter, ids)
        for line in lines:
            yield [
                listed.code_of(line.member_id), line.name, line.joined_on, line.union if not line.is_primary else "",
                _("主会籍") if line.is_primary else _("二次覆盖"), probation.get(line.member_id), times.get(line.member_id, 0),
            ]  # fmt: skip
        offset += PART


def _chapter(actor: Actor, filters: Mapping[str, str]) -> Chapter:
    text = filters.get("chapter", "")
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise NotFound()
    return queries.managed(int(text), actor, rights.READ)


SOURCES = (
    ExportSource("chapters.list", _l("协会一览"), rights.READ, _list_header, _list_rows, personal=False),
    ExportSource("chapters.roster", _l("协会会员名册"), rights.READ, _roster_header, _roster_rows),
)
