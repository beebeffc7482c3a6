"""Forms of the break-time exercise."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, IntegerField, RadioField, StringField, TextAreaField, ValidationError
from wtforms.validators import NumberRange

from unionhall.plugin import (
    DayField,
    DeskForm,
    MediaListField,
    at_most,
    form_choices,
    no_line_breaks,
    optional_field,
    required,
    safe_next,
)
from unionhall_chapters.exercise.models import Slot
from unionhall_chapters.exercise.services import CourseFields

SLOTS = {Slot.MORNING: _l("上午"), Slot.AFTERNOON: _l("下午")}

RANGE = _l("请填 %(min)s 到 %(max)s 之间的数。")


def _people(label: Any) -> IntegerField:
    return IntegerField(label, [required(_l("还没有填人数。")), NumberRange(1, 2000, RANGE)])


class CourseForm(DeskForm):
    """A course."""

    org_id = 0
    title = StringField(_l("课程名称"), [required(_l("还没有填课程名称。")), at_most(80), no_line_breaks])
    summary = StringField(_l("一句话介绍"), [optional_field(), at_most(200), no_line_breaks])
    minutes = IntegerField(_l("时长（分钟）"), [required(_l("还没有填时长。")), NumberRange(1, 60, RANGE)], default=8)
    film = StringField(_l("视频地址"), [optional_field(), at_most(500), no_line_breaks])
    steps = TextAreaField(_l("分步动作"), [optional_field(), at_most(4000)])
    pictures = MediaListField(_l("动作图片"), most=12)
    shown = BooleanField(_l("公开"))

    def validate_film(self, field: Field) -> None:
        """Refuse what does not lie on this site."""
        if field.data and safe_next(field.data, "") != field.data:
            raise ValidationError(_("视频要放在本站，写 /media/ 这样的路径。"))

    def given(self) -> CourseFields:
        """Return what was filled in."""
        data: dict[str, Any] = self.data
        text: dict[str, Any] = {name: data[name] or "" for name in ("title", "summary", "film", "steps")}
        return CourseFields(**text, minutes=data["minutes"], pictures=tuple(data["pictures"]), shown=bool(data["shown"]))


class TeamForm(DeskForm):
    """A new team."""

    name = StringField(_l("办公室或班组"), [required(_l("还没有填办公室或班组的名称。")), at_most(60), no_line_breaks])
    size = _people(_l("一共多少人"))


class LogForm(DeskForm):
    """What a team did in a break."""

    day = DayField(_l("哪天"), [required(_l("还没有填哪天。"))])
    slot = RadioField(_l("上午还是下午"), choices=form_choices(SLOTS.items()))
    people = _people(_l("多少人做了"))


class CoachForm(DeskForm):
    """A wish for a coach."""

    contact = StringField(_l("联系人"), [required(_l("还没有填联系人。")), at_most(60), no_line_breaks])
    mobile = StringField(_l("手机"), [required(_l("还没有填手机。")), at_most(40), no_line_breaks])
    people = _people(_l("大约多少人学"))
    wish = TextAreaField(_l("方便的时间和场地"), [optional_field(), at_most(300)])


class AnswerForm(DeskForm):
    """What becomes of a wish."""

    answer = StringField(_l("答复"), [optional_field(), at_most(200), no_line_breaks])
