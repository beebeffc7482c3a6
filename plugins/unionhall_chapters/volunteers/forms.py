"""Forms of volunteering, for members and leaders."""

from __future__ import annotations

from datetime import date, time
from typing import Any, cast

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, SelectField, SelectMultipleField, StringField, TextAreaField, TimeField
from wtforms.validators import NumberRange
from wtforms.widgets import CheckboxInput, ListWidget

from unionhall.plugin import DayField, DeskForm, MomentField, at_most, form_choices, optional_field, required
from unionhall_chapters.volunteers import labels
from unionhall_chapters.volunteers.shifts import ShiftFields
from unionhall_chapters.volunteers.teams import TeamFields

_PEOPLE = NumberRange(0, 500, message=_l("请填 0 到 500 之间的整数。"))


def sent_number(name: str) -> int:
    """Return the number in a hidden field; 0, which is nothing's, for what is no number or too large for one of the database."""
    text = request.form.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _time(label: Any) -> TimeField:
    return TimeField(label, [required(_l("还没有填时间。"))], format=["%H:%M", "%H:%M:%S"])


class TeamForm(DeskForm):
    """A team."""

    name = StringField(_l("队名"), [required(_l("还没有填队名。")), at_most(60)])
    purpose = SelectField(_l("做什么"), choices=form_choices(labels.PURPOSES.items()))
    summary = TextAreaField(_l("介绍"), [optional_field(), at_most(1000)])
    skills = StringField(_l("希望会什么"), [optional_field(), at_most(200)])
    kit = StringField(_l("要带的东西"), [optional_field(), at_most(200)])
    agreement = TextAreaField(_l("队员约定"), [optional_field(), at_most(2000)])
    active = BooleanField(_l("正在活动"), default=True)

    def fields(self) -> TeamFields:
        """Return what was filled in."""
        return TeamFields(
            self.name.data or "", self.purpose.data or "", self.summary.data or "", self.skills.data or "", self.kit.data or "",
            self.agreement.data or "", bool(self.active.data),
        )  # fmt: skip


class AnswerForm(DeskForm):
    """A yes or no, with a reason where it is a no."""

    reason = StringField(_l("原因"), [optional_field(), at_most(200)])


class ShiftForm(DeskForm):
    """One shift, or the same one every week."""

    title = StringField(_l("做什么"), [required(_l("还没有填做什么。")), at_most(80)])
    day = DayField(_l("日期"), [required(_l("还没有填日期。"))])
    begins = _time(_l("开始"))
    ends = _time(_l("结束"))
    place = StringField(_l("地点"), [required(_l("还没有填地点。")), at_most(120)])
    meeting = StringField(_l("集合点"), [optional_field(), at_most(120)])
    kit = StringField(_l("要带的东西"), [optional_field(), at_most(200)])
    places = IntegerField(_l("名额"), [required(_l("还没有填名额。")), _PEOPLE], default=10)
    least = IntegerField(_l("最少几人"), [optional_field(), _PEOPLE], default=0)
    duty_id = SelectField(_l("带班领队"), coerce=int, default=0)
    until = DayField(_l("每周重复到"), [optional_field()])
    weekdays = SelectMultipleField(
        _l("每周哪几天"), coerce=int, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(),
        choices=form_choices(enumerate(labels.WEEKDAYS)),
    )  # fmt: skip

    def fields(self) -> ShiftFields:
        """Return what was filled in, after the form was accepted."""
        return ShiftFields(
            self.title.data or "", cast(date, self.day.data), cast(time, self.begins.data), cast(time, self.ends.data),
            self.place.data or "",
            self.meeting.data or "", self.kit.data or "", self.places.data or 0, self.least.data or 0, self.duty_id.data or None,
            self.until.data, tuple(self.weekdays.data or ()),
        )  # fmt: skip


class ShiftChangeForm(DeskForm):
    """Where a shift is, and how many it takes."""

    place = StringField(_l("地点"), [required(_l("还没有填地点。")), at_most(120)])
    meeting = StringField(_l("集合点"), [optional_field(), at_most(120)])
    places = IntegerField(_l("名额"), [required(_l("还没有填名额。")), _PEOPLE])


class ReasonForm(DeskForm):
    """Why."""

    reason = StringField(_l("原因"), [required(_l("还没有写原因。")), at_most(200)])


class MinutesForm(ReasonForm):
    """How long, and why."""

    minutes = IntegerField(_l("时长（分钟）"), [required(_l("还没有填时长。"))])


class JoinForm(DeskForm):
    """Asking to join a team."""

    note = StringField(_l("想对领队说的"), [optional_field(), at_most(200)])
    agreed = BooleanField(_l("我看过约定，愿意遵守"))


class ProfileForm(DeskForm):
    """What one tells all teams."""

    skills = StringField(_l("我会什么"), [optional_field(), at_most(200)])
    free_when = StringField(_l("什么时候有空"), [optional_field(), at_most(200)])
    emergency = StringField(_l("紧急联系人和电话"), [optional_field(), at_most(100)])


class ReportForm(DeskForm):
    """Service that nobody scanned."""

    team_id = SelectField(_l("哪支队"), coerce=int)
    begins_at = MomentField(_l("开始时间"), [required(_l("还没有填开始时间。"))])
    minutes = IntegerField(_l("时长（分钟）"), [required(_l("还没有填时长。"))])
    note = StringField(_l("做了什么、在哪里"), [required(_l("请写做了什么、在哪里，领队好核对。")), at_most(200)])
