"""The list of stores as a spreadsheet; account numbers stay in the site."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from unionhall.plugin import Actor, Cell, ExportSource, clock
from unionhall_stations import rights
from unionhall_stations.tills import queries

PART = 300


def _header(_filters: Mapping[str, str]) -> Sequence[str]:
    return [
        _("门店"), _("单位全称"), _("统一社会信用代码"), _("所属工会"), _("联系人"), _("电话"), _("协议编号"), _("协议开始"), _("协议到期"),
        _("状态"), _("驿站"), _("店员"), _("收银台"), _("户名"), _("开户银行"), _("账号尾号"),
    ]  # fmt: skip


def _rows(actor: Actor, scope: str, filters: Mapping[str, str]) -> Iterator[Sequence[Cell]]:
    today, state, page = clock.local_day(clock.now()), filters.get("state", ""), 1
    words = {"running": _("合作中"), "soon": _("快到期"), "ended": _("已终止")}
    wanted = queries.Wanted(scope, filters.get("q", "")[:40], state if state in queries.STATES else "")
    while True:
        rows, _total = queries.stores(wanted, actor, today, page, PART)
        for row in rows:
            store = row.store
            yield [
                store.name, store.legal_name, store.credit_code, store.org.name, store.contact, store.phone, store.agreement,
                store.starts_on, store.ends_on, words[queries.state_of(store, today)], row.stations, row.clerks, row.tills,
                store.payee_name, store.payee_bank, f"*{store.account_tail}" if store.account_tail else "",
            ]  # fmt: skip
        if len(rows) < PART:
            return
        page += 1


STORES = ExportSource("stations.stores", _l("驿站门店"), rights.READ, _header, _rows)
