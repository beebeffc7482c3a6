"""A statement on paper: what the store signs. Its lines are all on it, with the hash that they are checked by."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from unionhall.plugin import blank_pdf, clock, plugin_settings, site_language
from unionhall_rewards.fund.labels import month_words, yuan
from unionhall_rewards.settling import cutting, queries
from unionhall_rewards.settling.models import Statement

MARGIN, WIDE, ROW = 22, 166, 7
COLUMNS = (44, 34, 54, 34)
MOST_LINES = 3000
"""More lines than that are in the spreadsheet only: nobody reads eighty pages."""


def pdf(found: Statement, now: datetime) -> bytes:
    """Return a statement as A4 PDF in the site's language."""
    with site_language():
        page = blank_pdf(_("结算单 %(number)s", number=found.number), found.org.name, now)
        page.set_margins(MARGIN, MARGIN)
        page.add_page()
        page.set_font("han", size=20)
        page.multi_cell(0, 12, _("驿站消费券结算单"), align="C", new_x="LMARGIN", new_y="NEXT")
        page.set_font("han", size=11)
        page.ln(4)
        for label, value in _head(found):
            _pair(page, label, value)
        page.ln(4)
        _kinds(page, found)
        _lines(page, found)
        _foot(page, found)
        return bytes(page.output())


def _head(found: Statement) -> list[tuple[str, str]]:
    days = plugin_settings("rewards").answer_days
    return [
        (_("编号"), found.number), (_("门店"), found.legal_name or found.store_name), (_("付款单位"), found.org.name),
        (_("经费"), found.fund.name),
        (_("账期"), _("%(month)s，截至 %(day)s 24:00", month=month_words(found.month), day=found.until.isoformat())),
        (_("核销"), _("%(n)s 笔，%(fen)s", n=found.redeemed_count, fen=yuan(found.redeemed_fen))),
        (_("撤销"), _("%(n)s 笔，%(fen)s", n=found.reversed_count, fen=yuan(-found.reversed_fen))),
        (_("前期更正"), yuan(found.adjusted_fen)), (_("应付合计"), yuan(found.total_fen)),
        (_("确认"), _("请在收到后 %(n)s 天内确认，或者说明哪一行不对。", n=days)),
    ]  # fmt: skip


def _pair(page: Any, label: str, value: str) -> None:
    top = page.get_y()
    page.multi_cell(34, ROW, label, align="L", new_x="RIGHT", new_y="TOP")
    page.set_xy(page.l_margin + 36, top)
    page.multi_cell(WIDE - 36, ROW, value, align="L", new_x="LMARGIN", new_y="NEXT")


def _row(page: Any, cells: list[str]) -> None:
    for width, text, align in zip(COLUMNS, cells, ("L", "L", "L", "R"), strict=True):
        page.cell(width, ROW, text, border="B", align=align)
    page.ln(ROW)


def _kinds(page: Any, found: Statement) -> None:
    page.set_draw_color(205)
    _row(page, [_("券种"), _("笔数"), "", _("金额")])
    for kind in cutting.by_kind(found.id):
        _row(page, [kind["name"][:12], str(kind["count"]), "", yuan(kind["fen"])])
    page.ln(4)


def _lines(page: Any, found: Statement) -> None:
    _rows, total = queries.lines(found.id, size=1)
    if total > MOST_LINES:
        page.multi_cell(0, ROW, _("明细共 %(n)s 行，见随附的电子表格。", n=total), align="L", new_x="LMARGIN", new_y="NEXT")
        return
    page.set_font("han", size=9)
    _row(page, [_("小票号"), _("时间"), _("券种或事由"), _("金额")])
    for line in queries.all_lines(found.id):
        at = clock.local(line.at).strftime("%m-%d %H:%M") if line.at else ""
        _row(page, [line.receipt or _("更正"), at, (line.kind or line.note)[:15], yuan(line.fen)])
    page.set_font("han", size=11)


def _foot(page: Any, found: Statement) -> None:
    page.ln(8)
    for text in (
        _("校验码（SHA-256）：%(hash)s", hash=found.hash), _("出具时间：%(at)s", at=clock.local(found.cut_at).strftime("%Y-%m-%d %H:%M")),
        _("门店（盖章）：____________________    日期：______________"),
    ):
        page.multi_cell(0, ROW, text, align="L", new_x="LMARGIN", new_y="NEXT")
        page.ln(2)
