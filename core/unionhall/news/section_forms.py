"""The form of a section: its names, its address and the steps of its review as rows."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, IntegerField, StringField, TextAreaField, ValidationError
from wtforms.validators import NumberRange

from unionhall.desk.forms import DeskForm, at_most, required
from unionhall.hooks.types import Text
from unionhall.news.models import Section
from unionhall.news.rights import REVIEW, SIGN_OFF
from unionhall.news.sections import LONGEST_LABEL, MOST_STEPS, SectionFields

WHO: dict[str, Text] = {REVIEW: _l("编辑可审"), SIGN_OFF: _l("总编签发")}
ROW_NAMES = ("step_label", "step_permission")


@dataclass(frozen=True)
class StepRow:
    """One row of the list of steps, as typed."""

    label: str = ""
    permission: str = REVIEW


class StepsField(Field):
    """Rows of name and permission, read as parallel lists in the order in which the page shows them."""

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Read the rows from the form, or take those given."""
        self.process_errors, self.raw_data = [], None
        self.data: list[StepRow] = list(data or [])
        if formdata is not None and ROW_NAMES[0] in formdata:
            columns = [formdata.getlist(name)[: MOST_STEPS + 1] for name in ROW_NAMES]
            self.data = [StepRow(*row) for row in zip_longest(*columns, fillvalue="")]

    def pre_validate(self, form: Any) -> None:
        """Refuse a step that nobody can pass; a row without a name is left out."""
        for row in self.data:
            if row.label.strip() and row.permission not in WHO:
                raise ValidationError(_("“%(label)s”由谁来审，要从列表里选。", label=row.label))

    def arrange(self, order: str) -> None:
        """Do what a row button asked for: "steps:add", "steps:up:2", "steps:remove:0"."""
        _what, _sep, rest = order.partition(":")
        verb, _sep, place = rest.partition(":")
        at = int(place) if place.isdecimal() and len(place) < 4 else 0
        other = at + (-1 if verb == "up" else 1)
        rows = list(self.data)
        if verb == "add" and len(rows) < MOST_STEPS:
            rows.append(StepRow())
        elif verb == "remove" and at < len(rows):
            del rows[at]
        elif verb in {"up", "down"} and at < len(rows) and 0 <= other < len(rows):
            rows[at], rows[other] = rows[other], rows[at]
        self.data = rows


class SectionForm(DeskForm):
    """Everything that is said about a section."""

    name = StringField(_l("名称"), [required(_l("栏目要有名称。")), at_most(40)])
    name_en = StringField(_l("英文名称"), [at_most(80)])
    slug = StringField(_l("网址"), [at_most(60)])
    summary = TextAreaField(_l("简介"), [at_most(200)])
    position = IntegerField(_l("排在第几"), [NumberRange(0, 9999, _l("写 0 到 9999 之间的整数，小的排在前面。"))], default=100)
    open = BooleanField(_l("收稿"), default=True)
    steps = StepsField(_l("审稿流程"))

    def fill(self, section: Section) -> None:
        """Show a stored section."""
        for name in ("name", "name_en", "slug", "summary", "position", "open"):
            self._fields[name].data = getattr(section, name)
        self.steps.data = [StepRow(step.label, step.permission) for step in section.steps]

    def fields(self) -> SectionFields:
        """Return what was typed."""
        return SectionFields(
            name=self.name.data or "", slug=self.slug.data or "", name_en=self.name_en.data or "", summary=self.summary.data or "",
            position=self.position.data or 0, open=bool(self.open.data),
            steps=tuple((row.label, row.permission) for row in self.steps.data),
        )


__all__ = ["LONGEST_LABEL", "MOST_STEPS", "WHO", "SectionForm", "StepRow"]
