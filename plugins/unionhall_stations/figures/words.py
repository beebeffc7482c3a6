"""What the audit trail calls the acts of the report."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from unionhall.plugin import Text

WORDS: dict[str, Text] = {"cost_noted": _l("登记驿站费用"), "cost_dropped": _l("删掉驿站费用")}
OBJECTS: dict[str, Text] = {}
