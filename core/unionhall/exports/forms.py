"""The form that asks what an export is for."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, StringField

from unionhall.desk.forms import DeskForm, at_most, choices, required

FORMATS = {"xlsx": _l("Excel（xlsx）"), "csv": _l("CSV（UTF-8）")}


class ExportForm(DeskForm):
    """What for, as which file, with everything or masked."""

    purpose = StringField(_l("用途"), validators=[required(_l("请写明导出做什么用，会记录在案。")), at_most(200)])
    format = RadioField(_l("格式"), choices=choices(FORMATS.items()), default="xlsx")
    full = BooleanField(_l("包含完整号码（手机号、证件号、银行账号）"))
    agreed = BooleanField(_l("我只把完整号码用于上面写的用途，用完删除"))
