"""Claims and payments as spreadsheets; account numbers are opened for who pays, and each look is noted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from unionhall.plugin import Actor, Cell, ExportSource, NotFound, clock, note_looks, unseal
from unionhall_chapters import queries as chapters
from unionhall_chapters import rights
from unionhall_chapters.benefits import labels, queries
from unionhall_chapters.benefits.claims import ACCOUNT
from unionhall_chapters.benefits.models import Category, Claim
from unionhall_chapters.benefits.queries import Filter

SIZE = 500


def claim_header(_filters: Mapping[str, str]) -> Sequence[str]:
    """Return the columns of the list of claims."""
    return [_("编号"), _("姓名"), _("福利"), _("类别"), _("所在工会"), _("会籍"), _("发生日期"), _("提交"), _("状态"), _("金额（元）"),
        _("发放日期")]


def claim_rows(actor: Actor, scope: str, filters: Mapping[str, str]) -> Iterator[Sequence[Cell]]:
    """Yield the claims that the list shows; nothing of what is behind them."""
    number, page, chapter = filters.get("chapter", ""), 1, None
    if number.isdecimal() and len(number) < 10:
        try:
            chapter = chapters.managed(int(number), actor, rights.CLAIMS)
        except NotFound:
            return
    while True:
        rows, _total = queries.claims(actor, scope, Filter.of(filters), chapter=chapter, page=page, size=SIZE)
        for row in rows:
            yield _line(row)
        if len(rows) < SIZE:
            return
        page += 1


def _line(row: Claim) -> Sequence[Cell]:
    cover = _("主会籍") if row.primary_cover else _("二次覆盖")
    fen = row.decided_fen or row.checked_fen or row.asked_fen
    return [
        row.number, row.name, row.benefit.name, str(labels.CATEGORIES[Category(row.benefit.category)]), row.org.name, cover, row.event_on,

        row.submitted_at, labels.state_words(row), fen / 100 if fen else None, row.paid_on,
    ]  # fmt: skip


def payment_header(_filters: Mapping[str, str]) -> Sequence[str]:
    """Return the columns that a bank asks for."""
    return [_("编号"), _("户名"), _("开户银行"), _("银行账号"), _("金额（元）"), _("用途")]


def payment_rows(actor: Actor, scope: str, filters: Mapping[str, str]) -> Iterator[Sequence[Cell]]:
    """Yield the lines of a list of payments; with "full" account numbers are whole and each look is noted."""
    asked, full = filters.get("payment", ""), filters.get("full") == "1"
    try:
        payment = queries.payment(int(asked) if asked.isdecimal() and len(asked) < 10 else 0, actor)
    except NotFound:
        return
    if not payment.org.path.startswith(scope):
        return
    rows = queries.in_payment(payment)
    if full:
        why = filters.get("purpose", "") or payment.label
        who = [row.member_id for row in rows if row.member_id]
        note_looks(who, what="payment", why=why, actor=actor, org_id=payment.org_id, now=clock.now())
    for row in rows:
        account = f"*{row.account_tail}" if row.account_tail else ""
        if full and row.account_sealed:
            account = unseal(ACCOUNT, row.account_sealed)
        yield [row.number, row.payee_name, row.payee_bank, account, (row.decided_fen or 0) / 100, row.benefit.name]


SOURCES = (
    ExportSource("chapters.claims", _l("福利申请"), rights.CLAIMS, claim_header, claim_rows),
    ExportSource("chapters.payments", _l("福利付款清单"), rights.SETTLE, payment_header, payment_rows, full=rights.SETTLE),
)
