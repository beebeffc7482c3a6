"""What the audit trail calls the acts of ratings, and what they are done to."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from unionhall.plugin import Text

WORDS: dict[str, Text] = {
    "rating_shown": _l("公开驿站评语"), "rating_hidden": _l("不公开驿站评语"), "rating_answered": _l("回复驿站评价"),
}  # fmt: skip
OBJECTS: dict[str, Text] = {"station_rating": _l("驿站评价")}
