"""A film: played on the page when it lies on this site, else a link to where it is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlsplit

from flask import render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from wtforms import StringField, TextAreaField, ValidationError

from unionhall.base.crypto import config
from unionhall.base.web import safe_next
from unionhall.desk.forms import DeskForm, at_most
from unionhall.hooks.components import ComponentType, ComponentView
from unionhall.hooks.types import Text
from unionhall.media import queries
from unionhall.media.fields import MediaField

ENDINGS = {"mp4": "video/mp4", "m4v": "video/mp4", "webm": "video/webm", "ogv": "video/ogg"}


def playable(url: str) -> str:
    """Return the MIME type of a film that the page may play (its own site's, or the media bucket's), else nothing."""
    parts = urlsplit(url)
    ours = safe_next(url, "") == url or (config().media_origin and url.startswith(f"{config().media_origin}/"))
    return ENDINGS.get(parts.path.rpartition(".")[2].lower(), "") if ours else ""


class VideoForm(DeskForm):
    """Where the film is, and what those get who cannot play it."""

    url = StringField(
        _l("视频地址"), [at_most(500)],
        description=_l("本站的文件写 /media/ 这样的路径，可以在页面里直接播放；别处的写 https:// 开头的网址，读者点开去看。"),
    )
    poster = MediaField(_l("封面"))
    note = TextAreaField(_l("文字说明"), [at_most(2000)], description=_l("给听不见、看不见或不方便播放的人：讲了什么。"))

    def validate_url(self, field: StringField) -> None:
        """Refuse what is neither a path of this site nor an https address."""
        url = (field.data or "").strip()
        field.data = url
        try:
            parts = urlsplit(url)
        except ValueError:
            raise ValidationError(_("这个网址用不了。请写 https:// 开头的完整网址，或站内路径。")) from None
        outside = parts.scheme == "https" and bool(parts.hostname) and not any(mark.isspace() for mark in url)
        if url and not outside and safe_next(url, "") != url:
            raise ValidationError(_("这个网址用不了。请写 https:// 开头的完整网址，或站内路径。"))


def _render(view: ComponentView, _now: datetime) -> Markup:
    url = str(view.config.get("url") or "")
    if not url:
        return Markup("")
    poster = queries.by_ids([view.config.get("poster") or 0]).get(view.config.get("poster") or 0)
    shown = {"url": url, "mime": playable(url), "poster": poster, "note": str(view.config.get("note") or ""), "title": view.title}
    return Markup(render_template("campaigns/kinds/video.html", host=urlsplit(url).hostname or "", **shown))


def _lacks(view: ComponentView) -> Iterable[Text]:
    if not view.config.get("url"):
        yield _("“%(title)s”还没有视频地址。", title=view.title)


TYPE = ComponentType(
    "campaigns.video", _l("视频"), _l("本站的视频直接播放，别处的给出链接。"), _render, icon="play", form=lambda: VideoForm, lacks=_lacks
)
