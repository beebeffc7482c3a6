"""The desk's form of a round, and that of a note about an attempt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import time
from typing import Any

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup, escape
from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import NumberRange

from unionhall.plugin import DayField, DeskForm, at_most, form_choices, no_line_breaks, optional_field, required
from unionhall_quiz.bank.models import Topic
from unionhall_quiz.play.labels import CALENDARS
from unionhall_quiz.play.models import Round
from unionhall_quiz.play.rounds import Plan

PLAIN = ("title", "intro", "calendar", "since", "until", "month_day", "own_papers", "pass_percent", "minutes", "tries", "audience_path")


def _between(least: int, most: int) -> NumberRange:
    return NumberRange(least, most, _l("请填 %(min)s 到 %(max)s 之间的数。"))


class QuotaField(wtforms.Field):
    """How many questions of each topic: `data` is {topic id: number}; `topics` are (id, name, how many can be used)."""

    topics: Sequence[tuple[int, str, int]] = ()

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Read the number of each topic, its own input; what is no number from 0 to 20 is an error and stays as typed."""
        self.process_errors, self.data, self.typed = [], dict(data or {}), {}
        if formdata is None:
            return
        found = {}
        for name in formdata:
            _own, _sep, number = name.partition(f"{self.name}-")
            if _own or not number.isdecimal() or len(number) > 9:
                continue
            value = formdata.get(name).strip()
            self.typed[int(number)] = value
            if value.isascii() and value.isdecimal() and len(value) < 3 and int(value) <= 20:
                found[int(number)] = int(value)
            elif value:
                self.process_errors.append(_("“%(text)s”不是题数。请填 0 到 20 的整数。", text=value[:20]))
        if self.typed:
            self.data = {number: value for number, value in found.items() if value}

    def _value(self) -> str:
        return ""

    def __call__(self, **kwargs: Any) -> Markup:
        """Return one input for each topic, with how many questions it has."""
        rows = []
        for number, name, usable in self.topics:
            value = self.typed.get(number, str(self.data.get(number, "")) if self.data.get(number) else "")
            note = _("能用 %(n)s 道", n=usable)
            rows.append(Markup(
                '<label><span>{} <span class="small muted">{}</span></span>'
                '<input class="input" name="{}-{}" value="{}" inputmode="numeric" maxlength="2"></label>'
            ).format(name, note, self.name, number, value))  # fmt: skip
        return Markup('<div class="p-quiz-quota" id="{}">{}</div>').format(escape(self.id), Markup("").join(rows))


class WordsForm(DeskForm):
    """What may change of a round after its start: its words, and the draw of the days to come."""

    version = HiddenField()
    title = StringField(_l("名称"), [required(_l("还没有填名称。")), at_most(80), no_line_breaks])
    intro = TextAreaField(_l("介绍"), [optional_field(), at_most(2000)])
    draw_id = SelectField(_l("通过后参加哪个抽奖"), coerce=int, validate_choice=False)

    def offer_draws(self, draws: Iterable[tuple[int, str]]) -> None:
        """Offer the draws that may be chosen; 0 stands for none."""
        self.draw_id.choices = form_choices([(0, _("（只学习，不抽奖）")), *draws])

    def show(self, found: Round) -> None:
        """Fill in what is set of a round."""
        self.title.process_data(found.title)
        self.intro.process_data(found.intro)
        self.draw_id.process_data(found.draw_id or 0)
        self.version.process_data(str(found.version))

    def plan_of(self, found: Round) -> Plan:
        """Return what was filled in, laid over a round that has started."""
        given: dict[str, Any] = self.data
        return Plan(given["title"], found.calendar, found.since, intro=given["intro"] or "", draw_id=given["draw_id"] or None)

    @property
    def number(self) -> int:
        """Return the version that was shown, 0 for anything else."""
        seen = str(self.version.data or "")
        return int(seen) if seen.isdecimal() and len(seen) < 10 else 0


class RoundForm(WordsForm):
    """A round before its start."""

    org_id = SelectField(_l("主办工会"), coerce=int, validate_choice=False)
    calendar = RadioField(_l("哪些日子有题"), choices=form_choices(CALENDARS.items()), default="daily")
    since = DayField(_l("第一天"), [required(_l("还没有填第一天。"))])
    until = DayField(_l("最后一天"), [optional_field()])
    month_day = IntegerField(_l("会员日是每月几号"), [optional_field(), _between(1, 28)])
    opens = TimeField(_l("几点开始"), [required(_l("还没有填几点开始。"))], default=time(6))
    closes = TimeField(_l("几点截止"), [required(_l("还没有填几点截止。"))], default=time(22))
    quota = QuotaField(_l("每天几道题"))
    own_papers = BooleanField(_l("每人的题不一样"))
    pass_percent = IntegerField(_l("答对百分之几算通过"), [required(_l("请填 0 到 100。")), _between(0, 100)], default=60)
    minutes = IntegerField(_l("开始后几分钟内交"), [optional_field(), _between(1, 240)])
    tries = IntegerField(_l("每人每天能答几次"), [optional_field(), _between(1, 9)], default=1)
    audience_path = SelectField(_l("谁可以答"), validate_choice=False)

    def offer(
        self, orgs: Iterable[Any], topics: Iterable[Topic], usable: dict[int, int], audiences: Iterable[tuple[str, str]]
    ) -> None:
        """Offer what may be chosen: orgs, topics with how many questions can be used, who may answer."""
        self.org_id.choices = form_choices((org.id, org.name) for org in orgs)
        self.quota.topics = [(topic.id, topic.name, usable.get(topic.id, 0)) for topic in topics]
        self.audience_path.choices = form_choices([("/", _("所有激活了的会员")), *audiences])

    def show(self, found: Round) -> None:
        """Fill in what is set of a round."""
        super().show(found)
        for name in PLAIN:
            self[name].process_data(getattr(found, name))
        for name in ("opens", "closes"):
            minute = getattr(found, name)
            self[name].process_data(time(minute // 60 % 24, minute % 60))
        self.quota.data = {int(topic): number for topic, number in found.quota.items()}

    def plan(self) -> Plan:
        """Return what was filled in; closing at 00:00 is the midnight that ends the day."""
        given: dict[str, Any] = self.data
        kept: dict[str, Any] = {name: given[name] for name in PLAIN}
        kept |= {"intro": given["intro"] or "", "tries": given["tries"] or 1, "own_papers": bool(given["own_papers"])}
        closes = given["closes"].hour * 60 + given["closes"].minute
        return Plan(
            **kept, opens=given["opens"].hour * 60 + given["opens"].minute, closes=closes or 1440, quota=dict(given["quota"]),
            draw_id=given["draw_id"] or None,
        )  # fmt: skip


class LookForm(DeskForm):
    """What somebody found who looked at a flagged attempt."""

    note = StringField(_l("核实的结论"), [required(_l("请写一句：正常，还是要跟进什么。")), at_most(200), no_line_breaks])
