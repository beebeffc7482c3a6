"""The settings form: one field for each of SiteSettings, in groups."""

from __future__ import annotations

import unicodedata
from dataclasses import fields

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, IntegerField, StringField, TextAreaField
from wtforms.validators import NumberRange, Regexp

from unionhall.desk.forms import DeskForm, at_most, no_line_breaks, optional, required
from unionhall.settings.schema import SiteSettings


def half_width(text: str | None) -> str:
    """Return a number or code as it should be, however it was typed: full-width figures and outer spaces go."""
    return unicodedata.normalize("NFKC", text or "").strip()


_LINE = [optional(), no_line_breaks]
_HOTLINE = Regexp(r"^[0-9 -]*$", message=_l("热线只写数字和 -，例如 12351。"))
_MAIL = Regexp(r"^[^\s@]+@[^\s@]+\.[^\s@]+$", message=_l("这不像一个邮箱地址。应当是 名字@单位.cn 的样子。"))
_ICP = Regexp(r"^[\u4e00-\u9fff]ICP[备证][0-9]{6,10}号(-[0-9]{1,3})?$", message=_l("应当像 青ICP备12345678号-1，第一个字是省份简称。"))
_POLICE = Regexp(r"^([\u4e00-\u9fff]公网安备 ?)?[0-9]{14} ?号?$", message=_l("应当是 14 位数字，前后可以带“某公网安备”和“号”。"))
_CODE = Regexp(r"^[A-Za-z0-9]{10}$", message=_l("网站标识码是 10 位字母或数字。"))
_ADDRESS = Regexp(r"^(/(?!/)|https?://)[^\s\\]*$", message=_l("要以 / 或 https:// 开头，中间没有空格。"))
_CLOCK = Regexp(r"^([01][0-9]|2[0-3]):[0-5][0-9]$", message=_l("请写成 22:00 的样子。"))


class SettingsForm(DeskForm):
    """What an administrator chooses for the whole site."""

    seen = HiddenField()
    site_name = StringField(_l("站名"), [required(_l("还没有填站名。")), at_most(30), no_line_breaks])
    site_name_en = StringField(_l("英文站名"), [*_LINE, at_most(60)])
    organiser = StringField(_l("主办单位"), [*_LINE, at_most(60)])
    description = TextAreaField(_l("网站简介"), [optional(), at_most(200)])
    hotline = StringField(_l("热线"), [*_LINE, at_most(30), _HOTLINE], filters=[half_width])
    hotline_hours = StringField(_l("热线时间"), [*_LINE, at_most(60)])
    address = StringField(_l("地址"), [*_LINE, at_most(120)])
    contact_email = StringField(_l("联系邮箱"), [*_LINE, at_most(200), _MAIL], filters=[half_width])
    icp_number = StringField(_l("ICP 备案号"), [*_LINE, _ICP], filters=[half_width])
    police_number = StringField(_l("公安备案号"), [*_LINE, _POLICE], filters=[half_width])
    site_code = StringField(_l("网站标识码"), [*_LINE, _CODE], filters=[half_width])
    privacy_url = StringField(_l("隐私政策网址"), [*_LINE, at_most(300), _ADDRESS])
    credit_required = BooleanField(_l("图片没有说明和摄影署名，就不能发布"))
    review_hours = IntegerField(_l("审稿时限（小时）"), [NumberRange(1, 720, message=_l("请填 1 到 720 之间的整数。"))])
    preview_days = IntegerField(_l("预览链接有效期（天）"), [NumberRange(1, 60, message=_l("请填 1 到 60 之间的整数。"))])
    quiet_from = StringField(_l("晚上从几点起不打扰"), [required(_l("请写成 22:00 的样子。")), _CLOCK], filters=[half_width])
    quiet_until = StringField(_l("早上到几点"), [required(_l("请写成 22:00 的样子。")), _CLOCK], filters=[half_width])
    terminal_idle_seconds = IntegerField(
        _l("没人操作多少秒后退出"), [NumberRange(20, 600, message=_l("请填 20 到 600 之间的整数。"))]
    )
    maintenance = BooleanField(_l("维护中：读者看到维护页，编务台照常"))
    maintenance_note = TextAreaField(_l("写给读者的话"), [optional(), at_most(300)])

    def values(self) -> dict[str, str | int | bool]:
        """Return what was filled in, for the services; an empty field is an empty text."""
        return {item.name: "" if self[item.name].data is None else self[item.name].data for item in fields(SiteSettings)}

    def differing(self, settings: SiteSettings) -> list[tuple[str, str, str]]:
        """Return (label, what is stored now, what was typed) of every setting that is not the same."""
        return [
            (str(self[name].label.text), _shown(getattr(settings, name)), _shown(typed))
            for name, typed in self.values().items()
            if getattr(settings, name) != typed
        ]


def _shown(value: str | int | bool) -> str:
    if isinstance(value, bool):
        return _("开") if value else _("关")
    return str(value) or "—"
