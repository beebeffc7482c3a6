"""Movements as a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from unionhall.plugin import Actor, Cell, ExportSource
from unionhall_rewards import rights
from unionhall_rewards.fund import labels, queries
from unionhall_rewards.fund.models import Account, Kind

SIZE = 1000


def header(_filters: Mapping[str, str]) -> Sequence[str]:
    """Return the columns."""
    return [_("流水号"), _("日期"), _("时间"), _("事由"), _("从"), _("到"), _("金额（元）"), _("凭据编号")]


def rows(actor: Actor, scope: str, filters: Mapping[str, str]) -> Iterator[Sequence[Cell]]:
    """Yield a fund's movements in the order in which they were made."""
    asked, chosen, after = filters.get("fund", ""), queries.Filter.of(filters), 0
    fund_id = int(asked) if asked.isdecimal() and len(asked) < 10 else 0
    if fund_id not in queries.readable_fund_ids(actor, scope):
        return
    names = {Account.TREASURY.value: _("拨款来源"), **{account.value: str(label) for account, label in labels.ACCOUNTS.items()}}
    while found := queries.movements_after(fund_id, chosen, after, SIZE):
        for row in found:
            kind = str(labels.KINDS[Kind(row.kind)])
            yield [row.id, row.day, row.at, kind, names[row.source], names[row.target], row.fen / 100, row.ref_id]
        after = found[-1].id


SOURCES = (ExportSource("rewards.movements", _l("经费流水"), rights.READ, header, rows, personal=False),)
