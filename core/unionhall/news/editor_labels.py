"""The words of the rich editor's buttons and messages, handed to its script as JSON."""

from __future__ import annotations

from flask_babel import gettext as _


def editor_labels() -> dict[str, str]:
    """Return {key: word} in the reader's language; the keys are listed in desk/frontend/README.md."""
    return {"heading": _("小标题"), "bold": _("加粗")}
