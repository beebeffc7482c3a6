"""Forms: a sheet's settings, its questions, and the form that people fill in, made of the questions."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import NumberRange
from wtforms.widgets import CheckboxInput, ListWidget

from unionhall.desk.forms import DayField, DeskForm, MomentField, at_most, choices, no_line_breaks, optional, required
from unionhall.members import codes, identity
from unionhall.orgs.models import Org
from unionhall.signups import questions
from unionhall.signups.fields import KINDS, LONGEST, Given, as_given
from unionhall.signups.labels import AUDIENCES, UNITS
from unionhall.signups.models import PICKED, Audience, Choice, Entry, Kind, Sheet, Unit
from unionhall.signups.models import Field as Asked
from unionhall.signups.questions import Option, Question
from unionhall.signups.sheets import Setup

MOST = 1_000_000
BIG = 1_000_000_000


def _number(least: int, most: int) -> NumberRange:
    return NumberRange(least, most, _l("请填 %(min)s 到 %(max)s 之间的数。"))


class Whole(IntegerField):
    """A whole number; what is none is answered in plain words."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata([valuelist[0].strip()[:20]] if valuelist and valuelist[0].strip() else [])
        except ValueError:
            raise ValueError(_l("这里只填数字。")) from None


class SheetForm(DeskForm):
    """What is set of a sheet."""

    version = HiddenField()
    title = StringField(_l("名称"), [required(_l("还没有填名称。")), at_most(120), no_line_breaks])
    opens_at = MomentField(_l("报名开始"), [optional()])
    closes_at = MomentField(_l("报名截止"), [optional()])
    starts_at = MomentField(_l("活动开始"), [optional()])
    ends_at = MomentField(_l("活动结束"), [optional()])
    place = StringField(_l("地点"), [optional(), at_most(120), no_line_breaks])
    places = Whole(_l("名额"), [optional(), _number(1, MOST)])
    waiting_on = BooleanField(_l("报满后可以候补"))
    waiting_places = Whole(_l("候补最多"), [optional(), _number(1, MOST)])
    offer_hours = Whole(_l("空出名额保留几小时"), [_number(0, 720)], default=24)
    unit = SelectField(_l("报名单位"), choices=choices((unit.value, label) for unit, label in UNITS.items()))
    team_min = Whole(_l("每队最少"), [optional(), _number(1, 200)], default=1)
    team_max = Whole(_l("每队最多"), [optional(), _number(1, 200)], default=1)
    companions = Whole(_l("可带同行人数"), [optional(), _number(0, 20)], default=0)
    cancel_until = MomentField(_l("最晚自己取消"), [optional()])
    approval = BooleanField(_l("报名要审核"))
    audience = SelectField(_l("谁可以报名"), choices=choices((item.value, label) for item, label in AUDIENCES.items()))
    audience_org_id = SelectField(_l("开放给"), coerce=int, validate_choice=True)
    contact = StringField(_l("咨询电话或联系人"), [optional(), at_most(120), no_line_breaks])
    consent = TextAreaField(_l("个人信息告知与同意"), [optional(), at_most(2000)])
    walk_in = BooleanField(_l("没报名的人可以现场补报"))
    late_minutes = Whole(_l("开始几分钟后算迟到"), [optional(), _number(0, 600)], default=10)
    out_minutes = Whole(_l("签到几分钟后可扫码签退"), [optional(), _number(1, 1440)])
    retention_days = Whole(_l("活动结束后保留几天"), [_number(1, 3650)], default=90)

    def offer_orgs(self, orgs: Iterable[Org]) -> None:
        """Offer the orgs that a sheet may be opened to; 0 stands for none."""
        self.audience_org_id.choices = choices(
            [(0, _("（不限定）")), *((org.id, "　" * org.depth + org.name) for org in orgs)]
        )

    def setup(self) -> Setup:
        """Return what was filled in."""
        kept: dict[str, Any] = {
            name: self[name].data
            for name in ("opens_at", "closes_at", "starts_at", "ends_at", "places", "waiting_places", "cancel_until", "out_minutes")
        }
        text: dict[str, Any] = {name: self[name].data or "" for name in ("title", "place", "contact", "consent")}
        return Setup(
            **kept, **text, waiting_on=bool(self.waiting_on.data), approval=bool(self.approval.data), unit=Unit(self.unit.data),
            team_min=self.team_min.data or 1, team_max=self.team_max.data or 1, companions=self.companions.data or 0,
            offer_hours=self.offer_hours.data if self.offer_hours.data is not None else 24, audience=Audience(self.audience.data),
            audience_org_id=self.audience_org_id.data or None, retention_days=self.retention_days.data or 90,
            walk_in=bool(self.walk_in.data), late_minutes=self.late_minutes.data if self.late_minutes.data is not None else 10,
        )  # fmt: skip


class QuestionForm(DeskForm):
    """One question; choices stand one a line, "电工 | 30" with a quota."""

    kind = SelectField(_l("类型"), choices=choices((kind.value, label) for kind, label in KINDS.items()))
    label = StringField(_l("问题"), [required(_l("还没有填问题。")), at_most(120), no_line_breaks])
    help = StringField(_l("说明"), [optional(), at_most(300), no_line_breaks])
    required = BooleanField(_l("必填"))
    on_list = BooleanField(_l("签到表上显示"))
    restricted = BooleanField(_l("只给有管理报名权限的人看"))
    least = Whole(_l("最小值"), [optional(), _number(-BIG, BIG)])
    most = Whole(_l("最大值"), [optional(), _number(-BIG, BIG)])
    options = TextAreaField(_l("选项"), [optional(), at_most(6000)])

    def question(self) -> Question:
        """Return what was filled in. Raises RuleBroken, at the field, for a quota that is no number."""
        return Question(
            Kind(self.kind.data), self.label.data or "", self.help.data or "", bool(self.required.data), self.least.data, self.most.data,
            bool(self.on_list.data), bool(self.restricted.data), tuple(questions.parsed(self.options.data or "")),
        )  # fmt: skip

    @staticmethod
    def written(options: Iterable[Choice | Option]) -> str:
        """Return choices the way they are typed, one a line."""
        return "\n".join(item.label if item.quota is None else f"{item.label} | {item.quota}" for item in options)


class OneChoice(wtforms.RadioField):
    """One of several; nothing chosen is an answer, too, unless it is required."""

    def pre_validate(self, form: Any) -> None:
        if self.raw_data:
            super().pre_validate(form)


class ManyChoices(wtforms.SelectMultipleField):
    """Any of several, as boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def _id(_form: DeskForm, field: Field) -> None:
    problems = {
        "length": _("身份证号是 18 位，现在不够或多了。"), "form": _("身份证号前 17 位是数字，最后一位是数字或 X。"),
        "date": _("身份证号里的出生日期不存在，请核对第 7 到 14 位。"), "check": _("身份证号的校验位不对，请逐位核对。"),
    }  # fmt: skip
    if problem := identity.resident_problem(identity.folded(field.data or "")):
        raise ValidationError(problems[problem])


def _mobile(_form: DeskForm, field: Field) -> None:
    if not identity.is_mobile(identity.folded(field.data or "")):
        raise ValidationError(_("手机号要写 11 位数字，例如 13800002617。"))


def _org(found: Callable[[str], int | None]) -> Callable[[DeskForm, Field], None]:
    def check(_form: DeskForm, field: Field) -> None:
        if found(field.data or "") is None:
            raise ValidationError(_("没有找到这个组织。请从列出的名称里选一个，全称或简称都行。"))

    return check


class AnswerForm(DeskForm):
    """What people fill in; the questions of a sheet become fields named f12 (see `answer_form`)."""

    key = HiddenField()
    waiting = HiddenField()
    asked: tuple[Asked, ...] = ()
    find_org: Callable[[str], int | None] = staticmethod(lambda _name: None)

    def given(self) -> dict[int, Given]:
        """Return the answers by question; files are read apart."""
        found = {item.id: as_given(item, self[item.name].data) for item in self.asked if item.kind != Kind.FILE}
        for item in self.asked:
            if item.kind == Kind.ORG and not found[item.id].empty:
                found[item.id] = Given(type(self).find_org(self[item.name].data))
        return found

    def text(self, name: str) -> str:
        """Return what a field holds that this form may not have."""
        return (self[name].data or "") if name in self else ""

    def companion_names(self) -> tuple[str, ...]:
        """Return the names of those who come along, one a line."""
        lines = self.text("companions").replace("、", "\n").replace("，", "\n").splitlines()
        return tuple(name.strip() for name in lines if name.strip())


def answer_form(
    sheet: Sheet, *, guest: bool, find_org: Callable[[str], int | None], entry: Entry | None = None
) -> type[AnswerForm]:
    """Return the form of a sheet. With an `entry` it changes answers: numbers and files left empty stay as they are."""
    members: dict[str, Any] = {"asked": tuple(sheet.fields), "find_org": staticmethod(find_org)}
    if guest and entry is None:
        members["name"] = StringField(_l("姓名"), [required(_l("还没有填姓名。")), at_most(60), no_line_breaks])
        members["mobile"] = StringField(_l("手机"), [required(_l("还没有填手机。")), at_most(40), _mobile])
    if sheet.unit == Unit.TEAM and entry is None:
        members["team_name"] = StringField(_l("队名"), [required(_l("还没有填队名。")), at_most(60), no_line_breaks])
    kept = {answer.field_id for answer in entry.answers} if entry else set[int]()
    for item in sheet.fields:
        members[item.name] = _control(item, kept=item.id in kept, find_org=find_org)
    if sheet.companions and entry is None:
        members["companions"] = TextAreaField(_l("同行的人"), [optional(), at_most(600)])
    if sheet.consent and entry is None:
        members["consent"] = BooleanField(_l("我看过并同意"), [required(_l("要同意后才能报名。"))])
    return type("FilledForm", (AnswerForm,), members)


def _control(item: Asked, *, kept: bool, find_org: Callable[[str], int | None]) -> Any:
    needed = item.required and not (kept and item.kind in (Kind.ID, Kind.MOBILE, Kind.FILE))
    first = [required(_l("这一项要填。"))] if needed else [optional()]
    if item.kind in PICKED:
        one = item.kind == Kind.CHOICE
        options = choices((choice.id, _with_room(choice)) for choice in item.choices)
        needed_many = [_some] if needed else []
        if one:
            return OneChoice(item.label, [_some] if needed else [optional()], choices=options, coerce=_whole)
        return ManyChoices(item.label, needed_many, choices=options, coerce=_whole)
    kinds: Mapping[str, Callable[[], Any]] = {
        Kind.TEXT: lambda: StringField(item.label, [*first, at_most(LONGEST[Kind.TEXT]), no_line_breaks]),
        Kind.LONG: lambda: TextAreaField(item.label, [*first, at_most(LONGEST[Kind.LONG])]),
        Kind.NUMBER: lambda: Whole(item.label, [*first, _number(_or(item.least, -BIG), _or(item.most, BIG))]),
        Kind.DATE: lambda: DayField(item.label, first),
        Kind.FILE: lambda: FileField(item.label, [_upload] if needed else []),
        Kind.ID: lambda: StringField(item.label, [*first, at_most(40), _id]),
        Kind.MOBILE: lambda: StringField(item.label, [*first, at_most(40), _mobile]),
        Kind.ORG: lambda: StringField(item.label, [*first, at_most(120), _org(find_org)]),
        Kind.CONSENT: lambda: BooleanField(item.label, [required(_l("要同意后才能报名。"))]),
    }
    return kinds[item.kind]()


def _or(value: int | None, otherwise: int) -> int:
    return otherwise if value is None else value


def _whole(value: Any) -> int:
    text = str(value)
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _some(_form: DeskForm, field: Field) -> None:
    if not field.data:
        raise ValidationError(_("这一项要选。"))


def _upload(_form: DeskForm, field: Field) -> None:
    if not field.data:
        raise ValidationError(_("还没有选文件。"))


def _with_room(choice: Choice) -> str:
    if choice.quota is None:
        return choice.label
    left = choice.quota - choice.taken
    return (
        _("%(choice)s（还有 %(n)s 个）", choice=choice.label, n=left)
        if left > 0
        else _("%(choice)s（已满）", choice=choice.label)
    )


def fill(form: AnswerForm, entry: Entry, org_name: Callable[[int], str]) -> None:
    """Put an entry's answers into a form that was not sent yet; numbers and files are not shown again."""
    answers, chosen = {answer.field_id: answer for answer in entry.answers}, [pick.choice_id for pick in entry.picks]
    for item in form.asked:
        field, answer = form[item.name], answers.get(item.id)
        if item.kind in PICKED:
            own = [choice.id for choice in item.choices if choice.id in chosen]
            field.data = own if item.kind == Kind.CHOICES else (own[0] if own else None)
        elif answer and item.kind == Kind.DATE:
            field.process_data(questions.day(answer.value))
        elif answer and item.kind == Kind.ORG:
            field.data = org_name(answer.value)
        elif answer and item.kind not in (Kind.ID, Kind.MOBILE, Kind.FILE):
            field.data = bool(answer.value) if item.kind == Kind.CONSENT else answer.value


def new_key() -> str:
    """Return the key that tells one opened form from another."""
    return secrets.token_hex(16)


class DecisionForm(DeskForm):
    """A decision on ticked entries, with the reason that people read."""

    reason = StringField(_l("原因"), [optional(), at_most(200), no_line_breaks])


class ReasonForm(DeskForm):
    """Why somebody looks at full numbers."""

    reason = StringField(
        _l("为什么要看"), [required(_l("请写原因，会记进操作记录，本人也能看到。")), at_most(200), no_line_breaks]
    )


class MessageForm(DeskForm):
    """A message to everybody on a list."""

    text = TextAreaField(_l("内容"), [required(_l("还没有写内容。")), at_most(1000)])


class HereForm(DeskForm):
    """The six characters on the organiser's screen; scanning fills them in."""

    code = StringField(_l("现场码"), [required(_l("还没有填现场码。")), at_most(12)])
    consent = BooleanField(_l("我看过并同意"))


class CodeForm(DeskForm):
    """A check-in code, typed or scanned; a member code is longer."""

    code = StringField(_l("签到码"), [required(_l("还没有填签到码。")), at_most(codes.LONGEST)])
