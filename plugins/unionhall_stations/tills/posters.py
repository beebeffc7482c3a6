"""Signs and cards of stations as PDF: number, name, rules, and codes that lead to the station's page and to its visit."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import segno
from flask_babel import gettext as _

from unionhall.plugin import absolute, blank_pdf, site_language
from unionhall_stations.models import Station
from unionhall_stations.tills.forms import CARDS

RED, INK, GREY = (178, 34, 34), (34, 29, 24), (110, 102, 94)
MARGIN, WIDE = 20, 170
ACROSS, DOWN, CARD_WIDE, CARD_TALL = 2, 5, 90, 54
MOST = 120
MM = 0.36  # of a point: room for a closing mark at the end of a line
CLOSING = "，。、；：！？）》”’,.;:!?)"  # not translated: no line begins with these


def usual_rules() -> list[str]:
    """Return the rules that a sign has unless others are typed."""
    return [
        _("凭工会会员身份免费歇脚、喝水、热饭、充电，户外劳动者优先。"), _("请爱护设备，用完归位，垃圾带走或投进垃圾桶。"),
        _("室内不吸烟，不喧哗，不长时间占座。"), _("贵重物品请随身带好，借伞、借工具请登记。"), _("身体不适请马上告诉店员，急救箱在柜台。"),
    ]  # fmt: skip


def page_url(station: Station) -> str:
    """Return the address of a station's page."""
    return absolute(f"/stations/{station.slug}/")


def visit_url(station: Station) -> str:
    """Return the address of the page that counts a visit."""
    return absolute(f"/stations/{station.slug}/visit")


def pdf(stations: Sequence[Station], kind: str, rules: Sequence[str], now: datetime) -> bytes:
    """Return signs, one A4 page for each station, or with CARDS sheets of ten small cards."""
    with site_language():
        page = blank_pdf(_("工人驿站"), stations[0].org.name if stations else "", now)
        page.set_auto_page_break(False)
        if kind == CARDS:
            _cards(page, stations)
        else:
            for station in stations:
                _sign(page, station, rules)
        return bytes(page.output())


def _sign(page: Any, station: Station, rules: Sequence[str]) -> None:
    page.add_page()
    page.set_fill_color(*RED)
    page.rect(0, 0, 210, 70, style="F")
    page.set_text_color(255, 255, 255)
    _line(page, MARGIN, 16, WIDE, _("工人驿站"), 54, 22, "C")
    _line(page, MARGIN, 46, WIDE, _("第 %(n)s 号", n=f"{station.number:03d}"), 26, 14, "C")
    page.set_text_color(*INK)
    y = _line(page, MARGIN, 82, WIDE, station.name, 30, 14, "C") + 2
    page.set_text_color(*GREY)
    y = _line(page, MARGIN, y, WIDE, station.address or station.org.name, 14, 8, "C") + 8
    page.set_draw_color(*RED)
    page.set_line_width(0.6)
    page.line(MARGIN, y, MARGIN + WIDE, y)
    page.set_text_color(*INK)
    y += 8
    for number, rule in enumerate(rules, start=1):
        if y > 196:
            break
        _line(page, MARGIN + 4, y, 12, f"{number}.", 15, 9.5, "L")
        y = _line(page, MARGIN + 14, y, WIDE - 18, rule, 15, 9.5, "L") + 2
    _code(page, page_url(station), 42, 216, 46)
    _code(page, visit_url(station), 122, 216, 46)
    _line(page, 25, 264, 80, _("扫码看开放时间和服务"), 12, 6, "C")
    _line(page, 105, 264, 80, _("到站扫码，记一次歇脚"), 12, 6, "C")
    page.set_text_color(*GREY)
    phone = _("电话 %(n)s", n=station.phone) if station.phone else ""
    _line(page, MARGIN, 280, WIDE, " · ".join(part for part in (station.org.name, phone) if part), 10, 6, "C")


def _cards(page: Any, stations: Sequence[Station]) -> None:
    """Ten cards of a station fill a sheet: they stand on its tables."""
    for station in stations:
        page.add_page()
        page.set_draw_color(190, 184, 176)
        page.set_line_width(0.2)
        for place in range(ACROSS * DOWN):
            _card(page, station, 15 + place % ACROSS * CARD_WIDE, 13.5 + place // ACROSS * CARD_TALL)


def _card(page: Any, station: Station, x: float, y: float) -> None:
    page.rect(x, y, CARD_WIDE, CARD_TALL)
    _code(page, visit_url(station), x + 4, y + 7, 40)
    page.set_text_color(*RED)
    down = _line(page, x + 46, y + 8, 41, _("工人驿站 %(n)s", n=f"{station.number:03d}"), 13, 7, "L")
    page.set_text_color(*INK)
    down = _line(page, x + 46, down + 1, 41, station.name, 11, 5.5, "L")
    page.set_text_color(*GREY)
    _line(page, x + 46, down + 2, 41, _("扫一扫，记一次歇脚，让驿站越办越好。"), 9, 4.8, "L")


def _line(page: Any, x: float, y: float, wide: float, text: str, size: float, tall: float, align: str) -> float:
    """Write text at a place, over several lines where it must; returns where it ends."""
    page.set_font("han", size=size)
    page.set_xy(x, y)
    page.multi_cell(wide, tall, "\n".join(_broken(page, text, wide - 3 - size * MM)), align=align, new_x="LMARGIN", new_y="NEXT")
    return float(page.get_y())


def _broken(page: Any, text: str, wide: float) -> list[str]:
    """Return text as lines of at most a width: between words where there are spaces, else anywhere but before a closing mark."""
    lines, line = [], ""
    for mark in text:
        if line and mark not in CLOSING and page.get_string_width(line + mark) > wide:
            head, space, rest = line.rpartition(" ") if mark.isascii() and mark != " " else (line, "", "")
            lines.append(head if space else line)
            line = rest if space else ""
        line += mark if line or mark != " " else ""
    return [*lines, line]


def _code(page: Any, url: str, x: float, y: float, wide: float) -> None:
    drawn = io.BytesIO()
    segno.make(url, error="m", micro=False).save(drawn, kind="png", scale=8, border=2)
    page.image(drawn, x=x, y=y, w=wide)
