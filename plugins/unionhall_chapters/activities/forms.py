"""Forms of the desk: an activity, a day that is moved, called off or told about."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time
from typing import Any

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
    ValidationError,
)
from wtforms.validators import NumberRange
from wtforms.widgets import CheckboxInput, ListWidget

from unionhall.plugin import (
    DayField,
    DeskForm,
    MediaListField,
    MomentField,
    at_most,
    form_choices,
    no_line_breaks,
    optional_field,
    required,
)
from unionhall_chapters.activities.labels import LEVELS, REACHES, WEEKDAYS
from unionhall_chapters.activities.models import Day, Series
from unionhall_chapters.activities.rules import Plan
from unionhall_chapters.models import Chapter

TEXTS = ("title", "venue", "summary", "intro", "instructor", "gear", "risk", "insurance", "cost_note", "weather")

GIVEN = ("minutes", "first_day", "last_day", "level", "reach", "ahead_weeks", "places")


def _line(label: Any, most: int, *needed: Any) -> StringField:
    return StringField(label, [*(needed or (optional_field(),)), at_most(most), no_line_breaks])


def _between(least: int, most: int) -> NumberRange:
    return NumberRange(least, most, _l("请填 %(min)s 到 %(max)s 之间的数。"))


class Days(wtforms.SelectMultipleField):
    """Days of the week, as boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class ActivityForm(DeskForm):
    """An activity; without a weekday it takes place once, on its first day."""

    version = HiddenField()
    title = _line(_l("活动名称"), 80, required(_l("还没有填活动名称。")))
    summary = _line(_l("一句话介绍"), 200)
    weekdays = Days(_l("每周几"), choices=form_choices(WEEKDAYS.items()))
    begins = TimeField(_l("开始时间"), [required(_l("还没有填开始时间。"))])
    minutes = IntegerField(_l("时长（分钟）"), [required(_l("还没有填时长。")), _between(10, 720)], default=60)
    first_day = DayField(_l("第一天"), [required(_l("还没有填第一天。"))])
    last_day = DayField(_l("最后一天"), [optional_field()])
    skipped = TextAreaField(_l("停办的日子"), [optional_field(), at_most(2000)])
    ahead_weeks = IntegerField(_l("提前几周开放报名"), [required(_l("请填 1 到 12。")), _between(1, 12)], default=4)
    venue = _line(_l("地点"), 120, required(_l("还没有填地点。")))
    instructor = _line(_l("教练或带队人"), 60)
    level = SelectField(_l("适合谁"), choices=form_choices(LEVELS.items()))
    reach = SelectField(_l("谁可以报名"), choices=form_choices(REACHES.items()))
    partner_id = SelectField(_l("合办的协会"), coerce=int)
    places = IntegerField(_l("名额"), [optional_field(), _between(1, 100_000)])
    waiting_on = BooleanField(_l("报满后可以候补"))
    walk_in = BooleanField(_l("没报名的人可以现场补报"))
    intro = TextAreaField(_l("活动介绍"), [optional_field(), at_most(4000)])
    gear = TextAreaField(_l("要带什么"), [optional_field(), at_most(600)])
    risk = TextAreaField(_l("风险提示"), [optional_field(), at_most(1500)])
    insurance = _line(_l("保险说明"), 200)
    cost = _line(_l("每人分摊（元）"), 12)
    cost_note = _line(_l("费用说明"), 120)
    weather = _line(_l("天气怎么办"), 200)
    since = DayField(_l("从哪天起按新的办"), [optional_field()])
    sure = BooleanField(_l("通知他们：已经报名的人会收到改动通知"))

    def offer(self, chapters: Iterable[Chapter]) -> None:
        """Offer the chapters that may hold it too; 0 stands for none."""
        self.partner_id.choices = form_choices([(0, _("（不合办）")), *((item.id, item.name) for item in chapters)])

    def show(self, series: Series) -> None:
        """Fill in what is set of an activity."""
        for name in (*TEXTS, "minutes", "first_day", "last_day", "ahead_weeks", "level", "reach", "places", "waiting_on", "walk_in"):
            self[name].process_data(getattr(series, name))
        self.begins.process_data(time(series.starts_at // 60, series.starts_at % 60))
        self.weekdays.process_data(list(series.weekdays))
        self.skipped.process_data("\n".join(series.skipped))
        self.partner_id.process_data(series.partner_id or 0)
        self.cost.process_data(f"{series.cost_fen / 100:.2f}".removesuffix(".00") if series.cost_fen else "")
        self.version.process_data(str(series.version))

    def validate_skipped(self, field: wtforms.Field) -> None:
        """Refuse a line that is no day."""
        for line in (field.data or "").split():
            try:
                date.fromisoformat(line)
            except ValueError:
                raise ValidationError(_("“%(line)s”不是日期。一行一个，写成 2026-05-14 的样子。", line=line)) from None

    def validate_cost(self, field: wtforms.Field) -> None:
        """Refuse what is no amount of money."""
        if fen(field.data or "") is None:
            raise ValidationError(_("请填金额，例如 15 或 15.50。"))

    def plan(self) -> Plan:
        """Return what was filled in."""
        given: dict[str, Any] = self.data
        kept: dict[str, Any] = {name: given[name] for name in GIVEN}
        text: dict[str, Any] = {name: given[name] or "" for name in TEXTS}
        return Plan(
            **kept, **text, starts_at=given["begins"].hour * 60 + given["begins"].minute, weekdays="".join(sorted(given["weekdays"] or [])),
            skipped=tuple(sorted(set((given["skipped"] or "").split()))), waiting_on=bool(given["waiting_on"]),
            walk_in=bool(given["walk_in"]), cost_fen=fen(given["cost"] or "") or 0, partner_id=given["partner_id"] or None,
        )  # fmt: skip

    @property
    def number(self) -> int:
        """Return the version that was shown, 0 for anything else."""
        seen = str(self.version.data or "")
        return int(seen) if seen.isdecimal() and len(seen) < 10 else 0


def fen(text: str) -> int | None:
    """Return an amount in fen, 0 for nothing typed, None for what is no amount."""
    whole, point, part = text.strip().partition(".")
    if not text.strip():
        return 0
    if not whole.isdecimal() or len(whole) > 6 or (point and not (part.isdecimal() and len(part) <= 2)):
        return None
    return int(whole) * 100 + int((part + "00")[:2])


class MoveForm(DeskForm):
    """Another time or place for one day."""

    starts_at = MomentField(_l("新的时间"), [required(_l("还没有填新的时间。"))])
    minutes = IntegerField(_l("时长（分钟）"), [required(_l("还没有填时长。")), _between(10, 720)])
    venue = _line(_l("地点"), 120, required(_l("还没有填地点。")))

    def show(self, day: Day) -> None:
        """Fill in how the day is now."""
        self.starts_at.process_data(day.starts_at)
        self.minutes.process_data(int((day.ends_at - day.starts_at).total_seconds()) // 60)
        self.venue.process_data(day.venue)


class ReasonForm(DeskForm):
    """Why a day is off."""

    reason = _line(_l("原因"), 120, required(_l("请写原因，报名的人会看到。")))


class EndForm(DeskForm):
    """The last day of an activity."""

    last = DayField(_l("最后一天"), [required(_l("还没有填最后一天。"))])
    sure = BooleanField(_l("通知他们：已经报名的人会收到改动通知"))


class ReportForm(DeskForm):
    """Words and pictures of a day that was held."""

    org_id = 0
    report = TextAreaField(_l("小结"), [optional_field(), at_most(3000)])
    pictures = MediaListField(_l("照片"), most=12)
