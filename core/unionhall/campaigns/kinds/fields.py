"""Form fields that the core's kinds share: rich text, cleaned when it is read."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from wtforms import TextAreaField

from unionhall.base import richtext


class RichTextField(TextAreaField):
    """A body written in the desk's editor; `data` is cleaned HTML. Without JavaScript lines become paragraphs."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read and clean what was written. Raises ValueError for more than a body may hold."""
        if not valuelist:
            return
        try:
            self.data: Any = richtext.clean(richtext.from_plain(valuelist[0]))
        except richtext.TooLong:
            self.data = ""
            raise ValueError(_("文字太长了，请删减一些再保存。")) from None

    def _value(self) -> str:
        return str(self.data) if self.data is not None else ""
