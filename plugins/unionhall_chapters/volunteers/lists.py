"""Hours as a spreadsheet, in the columns that public volunteer registers ask for; see the plugin's README."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from unionhall.plugin import Actor, Cell, ExportSource, clock, member_names, scoped, session
from unionhall_chapters import rights
from unionhall_chapters.volunteers import labels
from unionhall_chapters.volunteers.models import Hours, HoursState

PART = 500


def _header(_filters: Mapping[str, str]) -> Sequence[str]:
    return (
        _("编号"), _("姓名"), _("志愿队"), _("服务类别"), _("服务日期"), _("开始时间"), _("时长（分钟）"), _("来自"), _("状态"), _("说明"),
    )  # fmt: skip


def _rows(actor: Actor, scope: str, filters: Mapping[str, str]) -> Iterable[Sequence[Cell]]:
    wanted = scoped(select(Hours), Hours, actor, rights.LEAD, scope).order_by(Hours.id).limit(PART)
    if (chapter := filters.get("chapter", "")).isdecimal() and len(chapter) < 10:
        wanted = wanted.where(Hours.chapter_id == int(chapter))
    if (state := filters.get("state", "")) in set(HoursState):
        wanted = wanted.where(Hours.state == state)
    after = 0
    while found := list(session().scalars(wanted.where(Hours.id > after))):
        names = member_names({row.member_id for row in found if row.member_id})
        for row in found:
            yield (
                f"H{row.id}", names.get(row.member_id or 0, ("", None))[0], row.team.name, str(labels.PURPOSES[row.team.purpose]), row.day,
                f"{clock.local(row.begins_at):%H:%M}", row.minutes, str(labels.SOURCES[row.source]), str(labels.STATES[row.state][0]),
                row.note,
            )  # fmt: skip
        after = found[-1].id


HOURS = ExportSource("chapters.hours", _l("志愿服务工时"), rights.LEAD, _header, _rows)
