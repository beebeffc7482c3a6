"""Pictures of the media library, in order."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from flask import render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from unionhall.desk.forms import DeskForm
from unionhall.hooks.components import ComponentType, ComponentView
from unionhall.hooks.types import Text
from unionhall.media import queries
from unionhall.media.fields import MediaListField

MOST = 60


class GalleryForm(DeskForm):
    """Which pictures."""

    pictures = MediaListField(_l("图片"), most=MOST)


def _ids(view: ComponentView) -> list[int]:
    return [item for item in view.config.get("pictures", []) if isinstance(item, int)]


def _render(view: ComponentView, _now: datetime) -> Markup:
    known = queries.by_ids(_ids(view))
    pictures = [known[item] for item in _ids(view) if item in known and known[item].is_image]
    return Markup(render_template("campaigns/kinds/gallery.html", pictures=pictures)) if pictures else Markup("")


def _lacks(view: ComponentView) -> Iterable[Text]:
    known = queries.by_ids(_ids(view))
    if not known:
        yield _("“%(title)s”还没有选图片。", title=view.title)
    if bare := sum(1 for asset in known.values() if not asset.alt):
        yield _("“%(title)s”有 %(num)d 张图缺替代文字，请在素材库里补上。", title=view.title, num=bare)


TYPE = ComponentType(
    "campaigns.gallery", _l("图集"), _l("从素材库选几张图，按顺序排开。"), _render, icon="image", form=lambda: GalleryForm, lacks=_lacks
)
