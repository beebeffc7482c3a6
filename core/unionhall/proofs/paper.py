"""A proof on paper: the PDF, where the server has the library and a Chinese font, and the QR code that leads to the check page."""

from __future__ import annotations

import io
from datetime import datetime
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import segno
from flask_babel import gettext as _

from unionhall.base import clock
from unionhall.base.crypto import config
from unionhall.base.i18n import site_language
from unionhall.host.assets import absolute
from unionhall.proofs import shown
from unionhall.proofs.models import Proof

USUAL_FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
)  # fmt: skip
SIMPLIFIED = 2  # Noto's collections hold JP, KR, SC, TC, HK in this order
MARGIN, WIDE, LINE = 22, 166, 9


def check_url(proof: Proof) -> str:
    """Return the address of the public check page."""
    return absolute(f"/verify/{proof.number}/")


def qr(proof: Proof) -> bytes:
    """Return the QR code of the check page, SVG."""
    drawn = io.BytesIO()
    segno.make(check_url(proof), error="m", micro=False).save(drawn, kind="svg", scale=5, border=2, xmldecl=False, light="#fff")
    return drawn.getvalue()


def font() -> str:
    """Return the file of the Chinese font: the configured one, else Debian's; "" when there is none."""
    wanted = (config().pdf_font,) if config().pdf_font else USUAL_FONTS
    return next((path for path in wanted if Path(path).is_file()), "")


@lru_cache(maxsize=1)
def _has_library() -> bool:
    return find_spec("fpdf") is not None


def can_make() -> bool:
    """Say whether this server makes PDFs."""
    return _has_library() and bool(font())


def pdf(proof: Proof, now: datetime) -> bytes:
    """Return a proof as A4 PDF in the language that it was issued in; the font is embedded as far as it is used."""
    with site_language():
        return _drawn(proof, now)


def blank(title: str, author: str, now: datetime) -> Any:
    """Return an `fpdf.FPDF` of A4 pages without any page yet, which knows the Chinese font "han"; only where `can_make()` says so."""
    from fpdf import FPDF  # an extra, and slow to load

    page = FPDF(format="A4")
    page.set_title(title)
    page.set_author(author)
    page.set_creation_date(now)
    path = font()
    page.add_font("han", fname=path, collection_font_number=SIMPLIFIED if "CJK" in Path(path).name else 0)
    return page


def _drawn(proof: Proof, now: datetime) -> bytes:
    page = blank(proof.title, proof.issuer, now)
    page.set_margins(MARGIN, 26)
    page.add_page()
    page.set_font("han", size=24)
    page.multi_cell(0, 14, proof.title, align="C", new_x="LMARGIN", new_y="NEXT")
    page.ln(8)
    page.set_font("han", size=12)
    if proof.sentence:
        page.multi_cell(0, LINE, proof.sentence, align="L", new_x="LMARGIN", new_y="NEXT")
        page.ln(4)
    for label, value in [[_("姓名"), proof.name], *proof.fields]:
        page.set_draw_color(205)
        page.line(MARGIN, page.get_y(), MARGIN + WIDE, page.get_y())
        top = page.get_y() + 1
        page.set_xy(MARGIN, top)
        page.multi_cell(45, LINE, label, align="L", new_x="RIGHT", new_y="TOP")
        page.set_xy(MARGIN + 48, top)
        page.multi_cell(WIDE - 48, LINE, value, align="L", new_x="LMARGIN", new_y="NEXT")
        page.ln(1)
    page.line(MARGIN, page.get_y(), MARGIN + WIDE, page.get_y())
    page.ln(12)
    _foot(page, proof, now)
    return bytes(page.output())


def _foot(page: Any, proof: Proof, now: datetime) -> None:
    """Print issuer, day, number and code, and how it stands if it is not valid any more."""
    drawn = io.BytesIO()
    segno.make(check_url(proof), error="m", micro=False).save(drawn, kind="png", scale=8, border=2)
    top = page.get_y()
    page.image(drawn, x=MARGIN, y=top, w=36)
    lines = [proof.issuer, _("出具日期：%(day)s", day=f"{clock.local_day(proof.issued_at):%Y-%m-%d}")]
    if proof.valid_until:
        lines.append(_("有效期至：%(day)s", day=proof.valid_until.isoformat()))
    lines += [_("编号：%(number)s", number=proof.number), _("扫码或打开 %(url)s 核验", url=absolute("/verify/"))]
    if (state := shown.state(proof, now)) != "valid":
        lines.append(_("注意：这份证明%(state)s。", state=shown.word(state)))
    for line in lines:
        page.set_x(MARGIN + 42)
        page.multi_cell(WIDE - 42, 8, line, align="L", new_x="LMARGIN", new_y="NEXT")
