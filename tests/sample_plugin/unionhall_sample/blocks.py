"""A component for campaigns: the box beside what people are asked about, with what came in as figures."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from flask import render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from wtforms import StringField

from unionhall.plugin import ComponentType, ComponentView, DeskForm, Figure, at_most, tag_page
from unionhall_sample import queries


class AskForm(DeskForm):
    """What people are asked."""

    question = StringField(_l("想问什么"), [at_most(80)], description=_l("例：健身角还缺什么？"))


def render(view: ComponentView, _now: datetime) -> Markup:
    """Return the question with the way to the box; nothing personal, the page is for everybody."""
    tag_page("sample")
    return Markup(render_template("sample/ask.html", question=view.config.get("question", "")))


def lacks(view: ComponentView) -> Iterable[str]:
    """Say what is missing before review."""
    if not view.config.get("question"):
        yield _("建议箱还没有写问题。")


def figures(_view: ComponentView) -> Iterable[Figure]:
    """Return how many suggestions came in: who sent them is not known, so these are times, not people."""
    return [Figure(_l("建议"), times=queries.number(), url="/desk/sample/")]


ASK = ComponentType(
    "sample.ask", _l("建议箱"), _l("问一个问题，读者去建议箱里回答。"), render, icon="inbox", form=lambda: AskForm, lacks=lacks, figures=figures
)
