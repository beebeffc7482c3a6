"""Forms of terminals: a new one in the desk, the code on the terminal itself."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import Regexp

from unionhall.desk.forms import DeskForm, at_most, no_line_breaks, optional, required


class TerminalForm(DeskForm):
    """What a terminal is called, where it stands and whom people there can ring."""

    name = StringField(_l("名称"), [required(_l("还没有填名称。")), at_most(60), no_line_breaks])
    place = StringField(_l("放在哪里"), [required(_l("还没有填放在哪里。")), at_most(120), no_line_breaks])
    phone = StringField(
        _l("叫人帮忙打哪个电话"), [optional(), at_most(30), Regexp(r"^[0-9 -]*$", message=_l("电话只写数字和 -。"))]
    )


class EnrolForm(DeskForm):
    """The one-time code."""

    code = StringField(_l("登记码"), [required(_l("还没有填登记码。")), at_most(40)])
