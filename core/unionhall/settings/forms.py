"""The settings form: one field for each of SiteSettings, in groups."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, StringField, TextAreaField
from wtforms.validators import NumberRange, Regexp

from unionhall.desk.forms import DeskForm, at_most, no_line_breaks, optional, required

_LINE = [optional(), no_line_breaks]
_HOTLINE = Regexp(r"^[0-9 -]*$", message=_l("热线只写数字和 -，例如 12351。"))
_MAIL = Regexp(r"^[^\s@]+@[^\s@]+\.[^\s@]+$", message=_l("这不像一个邮箱地址。应当是 名字@单位.cn 的样子。"))
_ICP = Regexp(r"^[\u4e00-\u9fff]ICP[备证]\d{6,10}号(-\d{1,3})?$", message=_l("应当像 青ICP备12345678号-1，第一个字是省份简称。"))
_POLICE = Regexp(r"^([\u4e00-\u9fff]公网安备 ?)?\d{14} ?号?$", message=_l("应当是 14 位数字，前后可以带“某公网安备”和“号”。"))
_CODE = Regexp(r"^[A-Za-z0-9]{10}$", message=_l("网站标识码是 10 位字母或数字。"))
_ADDRESS = Regexp(r"^(/(?!/)|https?://)\S*$", message=_l("要以 / 或 https:// 开头。"))


class SettingsForm(DeskForm):
    """What an administrator chooses for the whole site."""

    site_name = StringField(_l("站名"), [required(_l("还没有填站名。")), at_most(30), no_line_breaks])
    site_name_en = StringField(_l("英文站名"), [*_LINE, at_most(60)])
    organiser = StringField(_l("主办单位"), [*_LINE, at_most(60)])
    description = TextAreaField(_l("网站简介"), [optional(), at_most(200)])
    hotline = StringField(_l("热线"), [*_LINE, at_most(30), _HOTLINE])
    hotline_hours = StringField(_l("热线时间"), [*_LINE, at_most(60)])
    address = StringField(_l("地址"), [*_LINE, at_most(120)])
    contact_email = StringField(_l("联系邮箱"), [*_LINE, at_most(200), _MAIL])
    icp_number = StringField(_l("ICP 备案号"), [*_LINE, _ICP])
    police_number = StringField(_l("公安备案号"), [*_LINE, _POLICE])
    site_code = StringField(_l("网站标识码"), [*_LINE, _CODE])
    privacy_url = StringField(_l("隐私政策网址"), [*_LINE, at_most(300), _ADDRESS])
    credit_required = BooleanField(_l("图片没有说明和摄影署名，就不能发布"))
    review_hours = IntegerField(_l("审稿时限（小时）"), [NumberRange(1, 720, message=_l("请填 1 到 720 之间的整数。"))])
    preview_days = IntegerField(_l("预览链接有效期（天）"), [NumberRange(1, 60, message=_l("请填 1 到 60 之间的整数。"))])
    maintenance = BooleanField(_l("维护中：读者看到维护页，编务台照常"))
    maintenance_note = TextAreaField(_l("写给读者的话"), [optional(), at_most(300)])
