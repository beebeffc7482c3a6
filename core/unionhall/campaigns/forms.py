"""Forms of the campaign desk."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Form, HiddenField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import NumberRange

from unionhall.campaigns.components import TITLE
from unionhall.campaigns.kinds.fields import RichTextField
from unionhall.campaigns.models import Audience, Campaign, Component, Counts
from unionhall.campaigns.services import LARGEST_GOAL, LIMITS, Basics
from unionhall.desk.forms import DayField, DeskForm, MomentField, at_most, choices, optional, required
from unionhall.hooks.components import ComponentType
from unionhall.media.fields import MediaField

KEY = re.compile(r"[0-9a-f]{32}")
OWN = frozenset({"csrf_token", "component_title", "component_hidden", "component_counts", "component_version"})


def number(text: Any) -> int:
    """Return an id that was sent; 0 for anything that is none."""
    value = str(text or "").strip()
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 10 else 0


class BasicsForm(DeskForm):
    """What a campaign is."""

    version = HiddenField()
    key = HiddenField()
    title = StringField(_l("名称"), [required(_l("请写活动名称。")), at_most(LIMITS["title"])])
    summary = TextAreaField(_l("一句话介绍"), [at_most(LIMITS["summary"])])
    org_id = SelectField(_l("主办组织"), coerce=number, validate_choice=False)
    starts_at = MomentField(_l("开始"), [optional()])
    ends_at = MomentField(_l("结束"), [optional()])
    goal_text = StringField(_l("目标"), [at_most(LIMITS["goal_text"])])
    goal_number = IntegerField(
        _l("目标数字"), [optional(), NumberRange(1, LARGEST_GOAL, _l("目标要写成 1 到 10 亿之间的整数，或者留空。"))]
    )
    cover_id = MediaField(_l("头图"), fills={"alt": "cover_alt"})
    cover_alt = StringField(_l("头图替代文字"), [at_most(LIMITS["cover_alt"])])
    audience = RadioField(
        _l("谁能参加"), default=Audience.MEMBERS.value,
        choices=choices([
            (Audience.PUBLIC.value, _l("所有人")), (Audience.ACCOUNT.value, _l("登录的人")),
            (Audience.MEMBERS.value, _l("已激活会员")), (Audience.SUBTREE.value, _l("主办组织及下级的会员")),
        ]),
    )  # fmt: skip
    slug = StringField(_l("网址"), [at_most(LIMITS["slug"])])

    def basics(self) -> Basics:
        """Return what was typed."""
        return Basics(
            title=self.title.data or "", summary=self.summary.data or "", goal_text=self.goal_text.data or "",
            goal_number=self.goal_number.data, cover_id=self.cover_id.data, cover_alt=self.cover_alt.data or "",
            starts_at=self.starts_at.data, ends_at=self.ends_at.data, audience=self.audience.data or "", slug=self.slug.data or "",
        )  # fmt: skip


def basics_form(campaign: Campaign | None = None, *, typed: bool = True) -> BasicsForm:
    """Return the form of a campaign; with `typed`, holding what was sent."""
    form = BasicsForm(obj=campaign) if typed else BasicsForm(formdata=None, obj=campaign)
    if campaign is not None and not form.is_submitted():
        form.version.data = str(campaign.version)
    return form


def origin_of(form: BasicsForm | CopyForm, account_id: int | None) -> str | None:
    """Return the mark of a form that makes a campaign, None when the browser sent none."""
    key = form.key.data or ""
    return f"desk:{account_id}:{key}" if KEY.fullmatch(key) else None


class MoveForm(DeskForm):
    """A step, and why."""

    action = HiddenField()
    reason = TextAreaField(_l("原因"))


class CopyForm(DeskForm):
    """A copy's name, org and start."""

    key = HiddenField()
    title = StringField(_l("名称"), [required(_l("请写活动名称。")), at_most(LIMITS["title"])])
    org_id = SelectField(_l("主办组织"), coerce=number, validate_choice=False)
    starts_at = MomentField(_l("开始"), [optional()])


class ResultForm(DeskForm):
    """The text of the result page."""

    version = HiddenField()
    result = RichTextField(_l("结果说明"))


class _Settings(DeskForm):
    """What every component has, besides what its type asks for."""

    component_title = StringField(_l("标题"), [at_most(TITLE)])
    component_hidden = BooleanField(_l("先不显示"))
    component_counts = RadioField(
        _l("计入活动目标"), default=Counts.NOTHING.value, validate_choice=False,
        choices=choices([
            (Counts.NOTHING.value, _l("不计入")), (Counts.PEOPLE.value, _l("按人数计")), (Counts.TIMES.value, _l("按人次计")),
        ]),
    )  # fmt: skip
    component_version = HiddenField()


def settings_form(campaign: Campaign, component: Component, kind: ComponentType | None) -> DeskForm:
    """Return the form of a component: its type's own fields, and title, visibility and goal."""
    asked = kind.form() if kind is not None and kind.form is not None else None
    bases: tuple[type[Any], ...] = (_Settings,)
    if asked is not None:
        bases = (asked, _Settings) if issubclass(asked, DeskForm) else (_Settings, asked)
    data = _read(asked, component.config) if asked is not None else {}
    data |= {
        "component_title": component.title, "component_hidden": component.hidden, "component_counts": component.counts,
        "component_version": str(component.version),
    }  # fmt: skip
    form: DeskForm = type("ComponentForm", bases, {"org_id": campaign.org_id})(data=data)
    return form


def own_fields(form: DeskForm) -> list[Any]:
    """Return the fields that the component's type asks for."""
    return [field for field in form if field.short_name not in OWN]


def config_of(form: DeskForm, kind: ComponentType | None) -> dict[str, Any]:
    """Return what a component keeps: what its type makes of the form, else the fields' data as JSON values."""
    if kind is not None and kind.config_of is not None:
        return dict(kind.config_of(form))
    return {field.short_name: _json(field.data) for field in own_fields(form)}


def sent() -> bool:
    """Say whether a field's own button was pressed (a picture chosen or moved): the page comes back and nothing is saved."""
    return bool(request.form.get("rows"))


def _read(asked: type[Form], config: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is kept as the fields take it: moments and days are kept as ISO texts."""
    found = dict(config)
    for name, value in config.items():
        made = getattr(getattr(asked, name, None), "field_class", None)
        if not isinstance(value, str) or not isinstance(made, type):
            continue
        try:
            if issubclass(made, MomentField):
                found[name] = datetime.fromisoformat(value)
            elif issubclass(made, DayField):
                found[name] = date.fromisoformat(value)
        except ValueError:
            found[name] = None
    return found


def _json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, (date, datetime)) else value

