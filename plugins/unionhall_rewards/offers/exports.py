"""Offers and their use as a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from unionhall.plugin import Actor, Cell, ExportSource
from unionhall_rewards import rights
from unionhall_rewards.offers import labels, queries


def header(_filters: Mapping[str, str]) -> Sequence[str]:
    """Return the columns."""
    return [_("商户"), _("行业"), _("优惠"), _("从"), _("到"), _("状态"), _("一共"), _("用了几次"), _("多少人用过")]


def rows(actor: Actor, scope: str, filters: Mapping[str, str]) -> Iterator[Sequence[Cell]]:
    """Yield the offers that the list shows."""
    page, state = 1, filters.get("state", "")
    while True:
        found, _total = queries.offers(actor, scope, state=state if state in labels.STATES else "", page=page)
        used = queries.uses([row.id for row in found])
        for row in found:
            uses = used.get(row.id)
            yield [
                row.merchant.name, str(labels.TRADES[row.merchant.trade]), row.title, row.since, row.until,
                str(labels.STATES[row.state][0]), row.total, uses.times if uses else 0, uses.people if uses else 0,
            ]  # fmt: skip
        if len(found) < queries.SIZE:
            return
        page += 1


SOURCE = ExportSource("rewards.offers", _l("商户优惠"), rights.READ, header, rows, personal=False)
