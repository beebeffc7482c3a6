"""What of the newsroom may be taken along as a spreadsheet: the list of articles, the tally of contributions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from unionhall.accounts.queries import names
from unionhall.base import clock
from unionhall.hooks.reporting import Cell, ExportSource
from unionhall.hooks.types import Actor
from unionhall.news import asked, desk_queries, desk_tally, labels, rights
from unionhall.news.models import State

PART = 500


def _header(_filters: Mapping[str, str]) -> Sequence[str]:
    return [_("编号"), _("标题"), _("栏目"), _("组织"), _("署名"), _("作者"), _("状态"), _("送审"), _("发布"), _("修改")]


def _articles(actor: Actor, scope: str, filters: Mapping[str, str]) -> Iterator[Sequence[Cell]]:
    wanted, before = asked.wanted(filters, below=scope), None
    while rows := desk_queries.part(actor, wanted, before=before, limit=PART):
        people = names({row.author_id for row in rows if row.author_id})
        for row in rows:
            signed = "、".join(f"{labels.role_word(line.role)} {line.name}" for line in row.head.bylines)
            yield [
                row.number, row.head.headline, row.section.name, row.org.name, signed, people.get(row.author_id or 0, ""),
                str(labels.STATES[State(row.state)]), row.submitted_at, row.published_at, row.updated_at,
            ]  # fmt: skip
        before = rows[-1].id


def _tally_header(filters: Mapping[str, str]) -> Sequence[str]:
    return [*([_("通讯员"), _("单位")] if filters.get("by") == "author" else [_("来稿单位")]), _("来稿"), _("采用"), _("头条")]


def _tally(actor: Actor, scope: str, filters: Mapping[str, str]) -> Iterable[Sequence[Cell]]:
    period, by = desk_tally.asked(filters, clock.local_day(clock.now()))
    for row in desk_tally.rows(actor, period, by, scope):
        yield [row.name, *([row.org] if by == "author" else []), row.submitted, row.used, row.lead]


SOURCES = (
    ExportSource("news.articles", _l("稿件清单"), rights.READ, _header, _articles, personal=False),
    ExportSource("news.tally", _l("来稿与采用"), rights.READ, _tally_header, _tally, personal=False),
)
