"""Forms of the media library."""

from __future__ import annotations

from dataclasses import fields

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField, IntegerField, StringField, TextAreaField
from wtforms.validators import NumberRange

from unionhall.desk.forms import DeskForm, at_most, no_line_breaks, optional
from unionhall.media.models import Asset
from unionhall.media.services import LIMITS, Details, split_tags

_IN_PICTURE = NumberRange(0, 1000, message=_l("焦点要在图片之内：0 到 1000 之间的数。"))


class DetailsForm(DeskForm):
    """What is said of an asset."""

    base = HiddenField()
    title = StringField(_l("名称"), [optional(), at_most(LIMITS["title"]), no_line_breaks])
    alt = TextAreaField(_l("替代文字"), [optional(), at_most(LIMITS["alt"])])
    caption = TextAreaField(_l("图片说明"), [optional(), at_most(LIMITS["caption"])])
    credit = StringField(_l("摄影"), [optional(), at_most(LIMITS["credit"]), no_line_breaks])
    licence = StringField(_l("授权说明"), [optional(), at_most(LIMITS["licence"]), no_line_breaks])
    consent = BooleanField(_l("画面中可辨认的人已同意刊发"))
    focal_x = IntegerField(_l("焦点：从左边起"), [optional(), _IN_PICTURE])
    focal_y = IntegerField(_l("焦点：从上边起"), [optional(), _IN_PICTURE])
    folder = StringField(_l("文件夹"), [optional(), at_most(40), no_line_breaks])
    tags = StringField(_l("标签"), [optional(), at_most(400), no_line_breaks])
    shared = BooleanField(_l("下级组织也能用"))

    def fill(self, asset: Asset) -> None:
        """Put an asset's details into an unsent form."""
        for item in fields(Details):
            if item.name != "tags":
                self[item.name].data = getattr(asset, item.name)
        self.tags.data = "、".join(tag.name for tag in asset.tags)
        self.folder.data = asset.folder.name if asset.folder else ""
        self.base.data = str(asset.edits)

    def name_for(self, asset: Asset) -> None:
        """Call the fields what they are for a document."""
        if not asset.is_image:
            self.caption.label.text, self.credit.label.text = _("说明"), _("来源")

    def details(self, asset: Asset) -> Details:
        """Return what was filled in; what the form of a document does not ask stays as it is."""
        said = {item.name: self[item.name].data for item in fields(Details) if item.name != "tags"}
        said |= {name: said[name] or "" for name in LIMITS}
        said |= {name: getattr(asset, name) for name in ("focal_x", "focal_y") if said[name] is None}
        if not asset.is_image:
            said |= {"alt": asset.alt, "consent": asset.consent}
        return Details(**said, tags=split_tags(self.tags.data or ""))

    def differing(self, asset: Asset) -> list[tuple[str, str, str]]:
        """Return (label, what is stored now, what was typed) of every field that is not the same."""
        stored, found = DetailsForm(formdata=None), []
        stored.fill(asset)
        for name in (*(item.name for item in fields(Details)), "folder"):
            if (stored[name].data or "") != (self[name].data or ""):
                found.append((str(self[name].label.text), _shown(stored[name].data), _shown(self[name].data)))
        return found

    @property
    def base_number(self) -> int:
        """Return which state of the asset the form was opened on; -1, which none has, for what is no number."""
        text = self.base.data or ""
        return int(text) if text.isdecimal() and len(text) < 9 else -1


class ReplaceForm(DeskForm):
    """Another file in the place of an asset's."""

    base = HiddenField()
    file = FileField(_l("新文件"))

    base_number = DetailsForm.base_number


class FolderForm(DeskForm):
    """A folder's name."""

    name = StringField(_l("文件夹的名字"), [optional(), at_most(40), no_line_breaks])


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return str(value or "—")
