"""Draws and who won what as spreadsheets: amounts in yuan, for the books and the tax office."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from unionhall.plugin import Actor, Cell, ExportSource, NotFound, clock, member_names
from unionhall_rewards import rights
from unionhall_rewards.draws import labels, queries
from unionhall_rewards.draws.queries import Filter

SIZE = 500


def draw_header(_filters: Mapping[str, str]) -> Sequence[str]:
    """Return the columns of the list of draws."""
    return [_("名称"), _("编号"), _("所在工会"), _("怎么抽"), _("开始"), _("截止"), _("状态"), _("参加次数"), _("奖品合计（元）")]


def draw_rows(actor: Actor, scope: str, filters: Mapping[str, str]) -> Iterator[Sequence[Cell]]:
    """Yield the draws that the list shows."""
    page, now = 1, clock.now()
    while True:
        rows, _total = queries.draws(actor, scope, Filter.of(filters), page=page, size=SIZE)
        for row in rows:
            worth = sum(prize.value_fen * prize.quantity for prize in row.prizes)
            yield [
                row.title, row.key, row.org.name, str(labels.WAYS[row.algo]), row.opens_at, row.closes_at, labels.state_words(row, now),
                row.entrants_count, worth / 100,
            ]  # fmt: skip
        if len(rows) < SIZE:
            return
        page += 1


def winner_header(_filters: Mapping[str, str]) -> Sequence[str]:
    """Return the columns of the list of winners."""
    return [_("抽奖"), _("姓名"), _("抽奖号"), _("奖项"), _("价值（元）"), _("哪天的机会"), _("候补")]


def winner_rows(actor: Actor, scope: str, filters: Mapping[str, str]) -> Iterator[Sequence[Cell]]:
    """Yield who won in one draw."""
    number, page = filters.get("draw", ""), 1
    try:
        draw = queries.managed(int(number) if number.isdecimal() and len(number) < 10 else 0, actor, rights.READ)
    except NotFound:
        return
    if not draw.org.path.startswith(scope):
        return
    while True:
        rows, _total = queries.winners(draw, page=page, size=SIZE)
        names = member_names(row.entry.member_id for row in rows if row.entry.member_id)
        for row in rows:
            name = names.get(row.entry.member_id or 0, (_("（已注销）"), None))[0]
            yield [
                draw.title, name, row.entry.code, row.prize.name, row.prize.value_fen / 100, row.entry.day, _("是") if row.moved else ""
            ]  # fmt: skip
        if len(rows) < SIZE:
            return
        page += 1


SOURCES = (
    ExportSource("rewards.draws", _l("抽奖"), rights.READ, draw_header, draw_rows, personal=False),
    ExportSource("rewards.winners", _l("中奖名单"), rights.READ, winner_header, winner_rows),
)
