"""Statements, their lines, corrections and payees as spreadsheets; whole account numbers are for who pays, and each look is noted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from unionhall.plugin import Actor, Cell, ExportSource, NotFound, clock, record_audit
from unionhall_rewards import rights
from unionhall_rewards.settling import labels, queries
from unionhall_rewards.settling.models import State
from unionhall_stations.api import payee_of

SIZE = 500


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def statement_header(_filters: Mapping[str, str]) -> Sequence[str]:
    """Return the columns of the list of statements."""
    return [_("编号"), _("账期"), _("门店"), _("单位名称"), _("经费"), _("核销笔数"), _("核销（元）"), _("撤销笔数"), _("撤销（元）"),
            _("前期更正（元）"), _("应付（元）"), _("状态"), _("付款日期"), _("回单号"), _("校验码")]  # fmt: skip


def statement_rows(actor: Actor, scope: str, filters: Mapping[str, str]) -> Iterator[Sequence[Cell]]:
    """Yield the statements that the list shows."""
    chosen, page = queries.Filter.of(filters), 1
    while True:
        rows, _total = queries.statements(actor, scope, chosen, page=page, size=SIZE)
        for row in rows:
            run = row.payment
            yield [
                row.number, row.month, row.store_name, row.legal_name, row.fund.name, row.redeemed_count, row.redeemed_fen / 100,
                row.reversed_count, row.reversed_fen / 100, row.adjusted_fen / 100, row.total_fen / 100,
                str(labels.STATES[State(row.state)][0]), run.paid_on if run else None, run.reference if run else "", row.hash,
            ]  # fmt: skip
        if len(rows) < SIZE:
            return
        page += 1


def line_header(_filters: Mapping[str, str]) -> Sequence[str]:
    """Return the columns of a statement's lines."""
    return [_("小票号"), _("日期"), _("时间"), _("券种"), _("账单（元）"), _("金额（元）"), _("事由")]


def line_rows(actor: Actor, scope: str, filters: Mapping[str, str]) -> Iterator[Sequence[Cell]]:
    """Yield the lines of a statement in their order."""
    try:
        found = queries.statement(_number(filters.get("statement", "")), actor)
    except NotFound:
        return
    if not found.org.path.startswith(scope):
        return
    for line in queries.all_lines(found.id):
        yield [line.receipt, line.day, line.at, line.kind or _("更正"), line.bill_fen / 100, line.fen / 100, line.note]


def adjustment_header(_filters: Mapping[str, str]) -> Sequence[str]:
    """Return the columns of the corrections."""
    return [_("门店"), _("更正的结算单"), _("金额（元）"), _("理由"), _("状态"), _("申请时间"), _("进了哪张结算单")]


def adjustment_rows(actor: Actor, scope: str, _filters: Mapping[str, str]) -> Iterator[Sequence[Cell]]:
    """Yield the corrections that the list shows."""
    page = 1
    while True:
        rows, _total = queries.adjustments(actor, scope, page=page)
        carried = queries.settled_in([row.id for row in rows])
        for row in rows:
            into = carried.get(row.id)
            word = str(labels.DECISIONS[row.state][0])
            statement, where = row.statement, into.number if into else ""
            yield [statement.store_name, statement.number, row.fen / 100, row.reason, word, row.asked_at, where]
        if len(rows) < queries.SIZE:
            return
        page += 1


def payee_header(_filters: Mapping[str, str]) -> Sequence[str]:
    """Return the columns that a bank asks for."""
    return [_("结算单"), _("门店"), _("户名"), _("开户银行"), _("银行账号"), _("金额（元）"), _("用途")]


def payee_rows(actor: Actor, scope: str, filters: Mapping[str, str]) -> Iterator[Sequence[Cell]]:
    """Yield the lines of a run of payments; with "full" account numbers are whole, and the look is noted in the audit trail."""
    try:
        run = queries.payment(_number(filters.get("payment", "")), actor)
    except NotFound:
        return
    if not run.org.path.startswith(scope):
        return
    full = filters.get("full") == "1"
    if full:
        record_audit("rewards.payees_seen", f"rewards_payment:{run.id}", actor=actor, now=clock.now(), org_id=run.org_id, number=run.number)
    for row in queries.in_payment(run.id):
        payee = payee_of(row.store_id)
        account = (payee.account if full else f"*{payee.account[-4:]}") if payee else ""
        name, bank = (payee.name, payee.bank) if payee else (row.legal_name, _("没有登记账户"))
        yield [row.number, row.store_name, name, bank, account, row.total_fen / 100, _("驿站消费券 %(month)s 结算款", month=row.month)]


SOURCES = (
    ExportSource("rewards.statements", _l("门店结算单"), rights.READ, statement_header, statement_rows, personal=False),
    ExportSource("rewards.lines", _l("结算单明细"), rights.READ, line_header, line_rows, personal=False),
    ExportSource("rewards.adjustments", _l("结算更正"), rights.READ, adjustment_header, adjustment_rows, personal=False),
    ExportSource("rewards.payees", _l("门店付款清单"), rights.SETTLE, payee_header, payee_rows, full=rights.SETTLE),
)
