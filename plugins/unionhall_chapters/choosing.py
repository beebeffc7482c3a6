"""Choosing chapters for a component of a campaign."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from wtforms import SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from unionhall.plugin import ComponentView, DeskForm, form_choices, session, unscoped
from unionhall_chapters import queries
from unionhall_chapters.models import OPEN, Chapter


class Boxes(SelectMultipleField):
    """Several of them, as boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class ChaptersForm(DeskForm):
    """Which chapters a component is about."""

    chapters = Boxes(_l("哪些协会"), coerce=int, validate_choice=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        wanted = select(Chapter.id, Chapter.name).where(Chapter.state.in_(OPEN)).order_by(Chapter.name)
        self.chapters.choices = form_choices((row.id, row.name) for row in session().execute(unscoped(wanted, why="public")))


def chosen(view: ComponentView) -> dict[int, Chapter]:
    """Return {id: chapter} of those that an editor chose and that readers may see."""
    ids = [item for item in view.config.get("chapters") or () if isinstance(item, int)]
    return {number: found for number, found in queries.by_ids(ids).items() if found.public}
