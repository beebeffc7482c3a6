"""The form that ends a proof."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import StringField

from unionhall.desk.forms import DeskForm, at_most, required


class RevokeForm(DeskForm):
    """Why a proof does not hold any more."""

    reason = StringField(_l("撤销的原因"), [required(_l("还没有写原因。")), at_most(200)])
