"""Forms of founding, offices, joining and the chapters' pages."""

from __future__ import annotations

from datetime import date

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import NumberRange

from unionhall.plugin import (
    DayField,
    DeskForm,
    MediaField,
    MediaListField,
    RichTextField,
    at_most,
    form_choices,
    no_line_breaks,
    optional_field,
    required,
)
from unionhall_chapters import labels, rights
from unionhall_chapters.joining.founding import Request
from unionhall_chapters.joining.offices import Ballot, Post
from unionhall_chapters.joining.profile import MOST_PHOTOS, Profile
from unionhall_chapters.models import ChapterKind

_PEOPLE = NumberRange(0, 1_000_000, message=_l("请填 0 到 %(max)s 之间的整数。"))
_PLACE = NumberRange(1, 999, message=_l("请填 1 到 %(max)s 之间的整数。"))
_GROUP = _l("姓名和单位，一行一人。不要写证件号和手机号。")
_OPEN = _l("会公开，请写办公电话或地点。")
_OWN = _l("只有协会自己看得到，例如“春季训练班”。")
_PASTE = _l("第一行是表头，从 Excel 里整块复制过来就行。")
_PROBATION = (0, 1, 2, 3, 6, 12)


def _people(label: LazyString) -> IntegerField:
    return IntegerField(label, [required(_l("请填写人数，没有就填 0。")), _PEOPLE])


def _day(field: DayField) -> date:
    """Return the day of a field that had to be filled in."""
    if field.data is None:
        raise LookupError(field.name)
    return field.data


class FoundingForm(DeskForm):
    """What the preparatory group puts down."""

    version = HiddenField()
    parent_id = SelectField(_l("成立在哪个工会下面"), coerce=int)
    name = StringField(_l("协会全称"), [required(_l("请填写协会全称。")), at_most(120), no_line_breaks])
    seal = StringField(_l("印章上的一个字"), [optional_field(), at_most(1)], description=_l("空着就用名称的第一个字。"))
    kind = SelectField(_l("类型"), choices=form_choices(labels.KINDS.items()), default=ChapterKind.ASSOCIATION.value)
    aims = TextAreaField(_l("宗旨和理由"), [optional_field(), at_most(4000)])
    prepared_by = TextAreaField(_l("筹备组成员"), [optional_field(), at_most(400)], description=_GROUP)
    contact = StringField(_l("协会联系方式"), [optional_field(), at_most(120), no_line_breaks], description=_OPEN)
    founders = _people(_l("发起会员人数"))
    joint = BooleanField(_l("人数不够，办成联合工会"))
    congress_planned = DayField(_l("计划的成立大会日期"), [optional_field()])

    def asked(self) -> Request:
        """Return what was filled in."""
        return Request(
            self.name.data or "", self.seal.data or "", self.kind.data, self.aims.data or "", self.prepared_by.data or "",
            self.contact.data or "", self.founders.data or 0, bool(self.joint.data), self.congress_planned.data,
        )  # fmt: skip


class ReasonForm(DeskForm):
    """Why; whether a reason is needed is the service's to say."""

    reason = StringField(_l("原因"), [optional_field(), at_most(200), no_line_breaks])


class MergeForm(ReasonForm):
    """Which chapter stays."""

    target = SelectField(_l("并入哪个协会"), coerce=int)


class CongressForm(DeskForm):
    """How a congress went."""

    held_on = DayField(_l("大会日期"), [required(_l("请填写大会日期。"))])
    term_until = DayField(_l("本届任期至"), [required(_l("请填写任期的最后一天。"))])
    eligible = _people(_l("应到人数"))
    present = _people(_l("实到人数"))
    yes = _people(_l("赞成票"))
    nays = _people(_l("反对票"))
    abstained = _people(_l("弃权票"))
    candidates = TextAreaField(_l("候选人和得票"), [optional_field(), at_most(2000)], description=_l("一行一人，例如：李晓晴　56 票　当选"))
    minutes = TextAreaField(_l("会议纪要"), [optional_field(), at_most(8000)])

    def ballot(self) -> Ballot:
        """Return what was filled in."""
        return Ballot(
            _day(self.held_on), _day(self.term_until), self.eligible.data or 0, self.present.data or 0, self.yes.data or 0,
            self.nays.data or 0, self.abstained.data or 0, self.candidates.data or "", self.minutes.data or "",
        )  # fmt: skip


class OfficeForm(DeskForm):
    """Who gets which office."""

    org_id = 0
    member_id = SelectField(_l("谁"), coerce=int, validate_choice=True)
    title = StringField(_l("职务"), [required(_l("请填写职务。")), at_most(40), no_line_breaks])
    role = SelectField(_l("在编务台的权限"), choices=form_choices([
        (rights.OFFICER, _l("协会负责人：主页、会员、活动、福利初审")), (rights.LEADER, _l("领队：签到、确认工时")), ("", _l("没有")),
    ]))  # fmt: skip
    heads = BooleanField(_l("主持协会工作（会长、主席）"))
    since = DayField(_l("任职开始"), [required(_l("请填写开始的日期。"))])
    until = DayField(_l("任职到"), [required(_l("请填写最后一天。"))])
    position = IntegerField(_l("排在第几位"), [required(_l("请填一个数。")), _PLACE], default=10)
    photo_id = MediaField(_l("照片"))

    def post(self) -> Post:
        """Return what was filled in."""
        return Post(
            self.title.data or "", _day(self.since), _day(self.until), self.role.data or "", bool(self.heads.data),
            self.position.data or 10, self.photo_id.data,
        )  # fmt: skip


class PageForm(DeskForm):
    """What a chapter's page says."""

    org_id = 0
    version = HiddenField()
    seal = StringField(_l("印章上的一个字"), [optional_field(), at_most(1)])
    name_en = StringField(_l("英文名"), [optional_field(), at_most(200), no_line_breaks])
    motto = StringField(_l("一句口号"), [optional_field(), at_most(80), no_line_breaks])
    summary = TextAreaField(_l("一两句介绍"), [optional_field(), at_most(200)], description=_l("用在列表和搜索结果里。"))
    intro = RichTextField(_l("详细介绍"))
    meets = StringField(_l("平时在哪里、什么时候活动"), [optional_field(), at_most(120), no_line_breaks])
    contact = StringField(_l("联系方式"), [optional_field(), at_most(120), no_line_breaks], description=_OPEN)
    join_rule = RadioField(_l("入会方式"), choices=form_choices(labels.RULES.items()))
    probation_months = SelectField(
        _l("见习期"), coerce=int, choices=form_choices((n, _l("不设") if not n else _l("%(n)s 个月", n=n)) for n in _PROBATION),
        description=_l("见习期里就是会员，计入人数，享受二次覆盖；名册上会标明。"),
    )  # fmt: skip
    cover_id = MediaField(_l("封面"))
    photos = MediaListField(_l("相册"), most=MOST_PHOTOS)

    def said(self) -> Profile:
        """Return what was filled in."""
        return Profile(
            self.seal.data or "", self.name_en.data or "", self.motto.data or "", self.summary.data or "", self.intro.data or "",
            self.meets.data or "", self.contact.data or "", self.cover_id.data, self.photos.data, self.join_rule.data,
            self.probation_months.data,
        )  # fmt: skip


class RulesForm(DeskForm):
    """A version of the chapter's rules."""

    adopted_on = DayField(_l("大会通过的日期"), [required(_l("请填写通过的日期。"))])
    text = TextAreaField(_l("章程全文"), [required(_l("请填写章程全文。")), at_most(20_000)])


class InviteForm(DeskForm):
    """How many may come by a link, and until when."""

    label = StringField(_l("给谁的"), [optional_field(), at_most(60), no_line_breaks], description=_OWN)
    uses = IntegerField(_l("可以用几次"), [required(_l("请填写次数。"))], default=20)
    days = IntegerField(_l("几天内有效"), [required(_l("请填写天数。"))], default=14)


class ListForm(DeskForm):
    """A list of people: a file, or lines pasted from one."""

    file = FileField(_l("表格文件"))
    pasted = TextAreaField(_l("或者粘贴名单"), [optional_field(), at_most(50_000)], description=_PASTE)


class AskForm(DeskForm):
    """What somebody writes who wants to join."""

    words = TextAreaField(_l("想对协会说的话"), [optional_field(), at_most(300)])
    agreed = BooleanField(
        _l("我同意协会看到我的姓名和所在工会（看不到证件号和手机号），遵守协会章程"), [required(_l("要先同意，才能申请。"))]
    )


class OrganiseForm(DeskForm):
    """How to call somebody who belongs to no union."""

    name = StringField(_l("姓名"), [required(_l("请填写姓名，工会的同志好称呼你。")), at_most(60), no_line_breaks])
    mobile = StringField(_l("手机号"), [required(_l("请填写手机号。")), at_most(30), no_line_breaks])
    employer = StringField(_l("现在的单位或平台"), [optional_field(), at_most(120), no_line_breaks])
    agreed = BooleanField(_l("我同意上级工会看到并打电话联系我；登记最多保存 180 天"), [required(_l("要先同意，才能登记。"))])


class OutcomeForm(DeskForm):
    """What came of a call."""

    outcome = StringField(_l("联系结果"), [required(_l("请写一句联系的结果。")), at_most(200), no_line_breaks])
