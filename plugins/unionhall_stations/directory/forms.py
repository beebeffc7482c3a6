"""The desk's forms of stations."""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import NumberRange

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
from unionhall_stations.directory import labels
from unionhall_stations.directory.catalogue import ICONS, Said
from unionhall_stations.directory.fields import OffersField, PlaceField, WeekField
from unionhall_stations.directory.services import MOST_NUMBER, MOST_PHOTOS, Profile
from unionhall_stations.models import HolidayRule

_NUMBER = NumberRange(1, MOST_NUMBER, message=_l("请填 1 到 %(max)s 之间的整数。"))
_PLACE = _l("WGS 84 坐标（GPS），纬度在前。站在驿站里点“用我现在的位置”最准。")


class VersionForm(DeskForm):
    """A form of something that two may change at once."""

    version = HiddenField()

    @property
    def seen(self) -> int:
        """Return the version that was shown, 0 for what is no number."""
        text = str(self.version.data or "")
        return int(text) if text.isdecimal() and len(text) < 10 else 0


class StationForm(VersionForm):
    """What is said of a station."""

    org_id = SelectField(_l("归哪个工会管"), coerce=int)
    name = StringField(_l("名称"), [required(_l("请填写驿站名称。")), at_most(80), no_line_breaks])
    name_en = StringField(_l("英文名"), [optional_field(), at_most(120), no_line_breaks])
    number = IntegerField(_l("编号"), [optional_field(), _NUMBER], description=_l("印在门牌上的号码。空着就用下一个。"))
    address = StringField(_l("地址"), [optional_field(), at_most(200), no_line_breaks])
    directions = StringField(
        _l("怎么找到"), [optional_field(), at_most(300), no_line_breaks], description=_l("例如：地铁 B 口出来右手边，便利店里面。")
    )
    place = PlaceField(_l("位置"), description=_PLACE)
    phone = StringField(_l("电话"), [optional_field(), at_most(40), no_line_breaks], description=_l("会公开，请写办公电话。"))
    responsible = StringField(_l("负责人"), [optional_field(), at_most(60), no_line_breaks], description=_l("只有编务台看得到。"))
    intro = TextAreaField(_l("介绍"), [optional_field(), at_most(4000)])
    wheelchair = BooleanField(_l("轮椅进得去"))
    store_id = SelectField(_l("由哪个门店运营"), coerce=int, default=0)
    photos = MediaListField(_l("照片"), most=MOST_PHOTOS)

    def said(self) -> Profile:
        """Return what was filled in."""
        lat, lon = self.place.data or (None, None)
        return Profile(
            self.name.data or "", self.name_en.data or "", self.number.data, self.address.data or "", self.directions.data or "",
            self.phone.data or "", self.responsible.data or "", self.intro.data or "", lat, lon, bool(self.wheelchair.data),
            self.photos.data, self.store_id.data or None,
        )  # fmt: skip


class HoursForm(VersionForm):
    """A station's week."""

    week = WeekField(_l("每周开放时间"))
    holidays = RadioField(_l("法定节假日"), choices=form_choices(labels.HOLIDAYS.items()), default=HolidayRule.WEEKDAY.value)


class SpecialForm(DeskForm):
    """Days with other hours; without times they are closed."""

    since = DayField(_l("从哪天"), [required(_l("请填写日期。"))])
    until = DayField(_l("到哪天"), [optional_field()], description=_l("只有一天就空着。"))
    opens = StringField(_l("开门"), [optional_field(), at_most(8)])
    closes = StringField(_l("关门"), [optional_field(), at_most(8)])
    reason = StringField(_l("原因"), [optional_field(), at_most(120), no_line_breaks], description=_l("读者会看到，例如：停电检修。"))


class OffersForm(DeskForm):
    """The services of a station."""

    offers = OffersField(_l("服务"))


class StepForm(DeskForm):
    """Why, and until when; whether they are needed is the service's to say."""

    reason = StringField(_l("原因"), [optional_field(), at_most(200), no_line_breaks])
    until = MomentField(_l("什么时候恢复"), [optional_field()])

    def moment(self) -> datetime | None:
        """Return the moment that was filled in."""
        return self.until.data


class ServiceForm(DeskForm):
    """A service of the catalogue."""

    name = StringField(_l("名称"), [required(_l("请填写服务的名称。")), at_most(40), no_line_breaks])
    name_en = StringField(_l("英文名"), [optional_field(), at_most(80), no_line_breaks])
    icon = SelectField(_l("图标"), choices=form_choices((name, name) for name in ICONS), default="check")
    summary = StringField(_l("一句说明"), [optional_field(), at_most(200), no_line_breaks])
    checklist = TextAreaField(_l("巡查时检查什么"), [optional_field(), at_most(1200)], description=_l("一行一条。"))
    active = BooleanField(_l("在用"), default=True)

    def said(self) -> Said:
        """Return what was filled in."""
        return Said(
            self.name.data or "", self.name_en.data or "", self.icon.data or "", self.summary.data or "",
            (self.checklist.data or "").splitlines(), bool(self.active.data),
        )  # fmt: skip
