"""The desk's form of a station's cost."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import StringField, ValidationError

from unionhall.plugin import DeskForm, YuanField, at_most, required


class CostForm(DeskForm):
    """What a station costs a month, and from which month on."""

    month = StringField(_l("从哪个月起"), [required(_l("请填月份，例如 2026-05。")), at_most(10)])
    yuan = YuanField(_l("每月费用（元）"), [required(_l("请填每月费用；不再花钱填 0。"))], least="0")

    def validate_month(self, field: Any) -> None:
        """Refuse what is no month."""
        try:
            self.since = date.fromisoformat(f"{(field.data or '').strip()}-01")
        except ValueError:
            raise ValidationError(_("请填月份，例如 2026-05。")) from None
