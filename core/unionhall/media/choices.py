"""What is told of an asset where one is chosen: to people in a line, to scripts as plain values.

What goes into a text is in the site's language, whatever the language of the one who chooses.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from flask_babel import force_locale, get_babel
from flask_babel import gettext as _

from unionhall.media.labels import size
from unionhall.media.models import Asset


def facts(asset: Asset) -> str:
    """Return a picture's credit and what it shows, or a document's type and size."""
    if not asset.is_image:
        return f"{asset.extension.upper()} · {size(asset.bytes)}"
    credit = _("摄影 %(name)s", name=asset.credit) if asset.credit else ""
    return " · ".join(part for part in (credit, asset.alt) if part)


def lacks(asset: Asset) -> str:
    """Return what a picture should not be published without, nothing for one that has it."""
    if asset.is_image and not asset.credit:
        return _("缺署名")
    return _("缺替代文字") if asset.is_image and not asset.alt else ""


def link_text(asset: Asset) -> str:
    """Return what a link to a document says: 《报名表》（DOCX，34 KB）."""
    name = asset.title or PurePath(asset.file_name).stem
    with force_locale(get_babel().default_locale):
        return _("《%(name)s》（%(kind)s，%(size)s）", name=name, kind=asset.extension.upper(), size=size(asset.bytes))


def credit_line(asset: Asset) -> str:
    """Return what stands below a picture in a body: 摄影 周牧."""
    with force_locale(get_babel().default_locale):
        return _("摄影 %(name)s", name=asset.credit) if asset.credit else ""


def described(asset: Asset) -> dict[str, Any]:
    """Return an asset as scripts get it; `src` is the address that bodies keep."""
    found: dict[str, Any] = {
        "id": asset.id, "kind": asset.kind, "name": asset.name, "src": asset.address, "facts": facts(asset), "lacks": lacks(asset),
        "extension": asset.extension.upper(),
    }  # fmt: skip
    if not asset.is_image:
        return found | {"text": link_text(asset)}
    return found | {
        "thumb": asset.thumbnail(), "width": asset.width, "height": asset.height,
        "alt": asset.alt, "caption": asset.caption, "credit": asset.credit, "creditLine": credit_line(asset),
    }  # fmt: skip
