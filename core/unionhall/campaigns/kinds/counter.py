"""One large figure: of another component as it was counted last, of the goal, or typed with its source."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from flask import render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from wtforms import IntegerField, RadioField, SelectField, StringField
from wtforms.validators import NumberRange

from unionhall.campaigns import counting
from unionhall.desk.forms import DayField, DeskForm, at_most, choices, optional
from unionhall.hooks.components import ComponentType, ComponentView
from unionhall.hooks.types import Text

LARGEST = 10**15


class CounterForm(DeskForm):
    """Which figure."""

    source = RadioField(
        _l("数字从哪来"), default="figure", choices=choices([("figure", _l("活动里统计出来的")), ("typed", _l("自己填的"))])
    )
    figure = SelectField(_l("哪个数字"), validate_choice=False)
    unit = RadioField(
        _l("按什么算"), default="people", choices=choices([("people", _l("人数（每人只算一次）")), ("times", _l("人次（来几次算几次）"))])
    )
    number = IntegerField(_l("数字"), [optional(), NumberRange(0, LARGEST, _l("请写 0 以上的整数。"))])
    label = StringField(_l("单位和说明"), [at_most(40)], description=_l("例：人已参加、杯凉茶已送出。"))
    origin = StringField(
        _l("数字的来源"), [at_most(120)], description=_l("自己填的数字要写来源，例：后勤部 5 月 13 日台账。读者看得到。")
    )
    on = DayField(_l("截至哪天"), [optional()])

    def offer_figures(self, found: Sequence[tuple[str, str]]) -> None:
        """Take (value, label) of the figures that were counted in the campaign."""
        self.figure.choices = choices(found)


def _counted(view: ComponentView) -> tuple[int | None, date | None, str]:
    wanted = str(view.config.get("figure") or "")
    for item in counting.kept(view.campaign_id):
        if wanted in {item.name, ""}:
            number = item.people if view.config.get("unit") != "times" else item.times
            if number is not None or wanted:
                return number, item.day, item.label
    return None, None, ""


def _render(view: ComponentView, _now: datetime) -> Markup:
    label, times = str(view.config.get("label") or ""), view.config.get("unit") == "times"
    if view.config.get("source") == "typed":
        number, text = view.config.get("number"), view.config.get("on")
        day, origin = (date.fromisoformat(str(text)) if text else None), str(view.config.get("origin") or "")
    else:
        number, day, name = _counted(view)
        origin, label = "", label or (_("人次 · %(name)s", name=name) if times else _("人 · %(name)s", name=name))
    if number is None:
        return Markup("")
    return Markup(render_template("campaigns/kinds/counter.html", number=number, label=label, origin=origin, day=day))


def _lacks(view: ComponentView) -> Iterable[Text]:
    if view.config.get("source") == "typed" and (view.config.get("number") is None or not view.config.get("origin")):
        yield _("“%(title)s”是自己填的数字，请写上数字和来源。", title=view.title)


TYPE = ComponentType(
    "campaigns.counter", _l("大数字"), _l("把一个数字放大：统计出来的，或者自己填并写明来源的。"), _render, icon="chart",
    form=lambda: CounterForm, lacks=_lacks,
)  # fmt: skip
