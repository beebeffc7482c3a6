"""What the audit trail calls the acts of this part."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from unionhall.plugin import Text

WORDS: dict[str, Text] = {"idea_told": _l("把错题多的主题告诉编辑部")}
OBJECTS: dict[str, Text] = {}
