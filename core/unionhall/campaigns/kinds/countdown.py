"""Days to a moment: to the start, to the end, or to one of its own. Counted on the server; a script makes it tick."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from flask import render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from wtforms import RadioField, StringField

from unionhall.base import clock
from unionhall.desk.forms import DeskForm, MomentField, at_most, choices, optional
from unionhall.hooks.components import ComponentType, ComponentView
from unionhall.hooks.types import Text
from unionhall.platform import pagecache

OVER = ("ended", "published", "archived")  # perhaps before its time


class CountdownForm(DeskForm):
    """To which moment, and what is said before and after."""

    to = RadioField(
        _l("数到什么时候"), default="end",
        choices=choices([("start", _l("活动开始")), ("end", _l("活动结束")), ("own", _l("另定时间"))]),
    )  # fmt: skip
    at = MomentField(_l("另定时间"), [optional()])
    before = StringField(_l("之前写什么"), [at_most(60)], description=_l("例：距离报名截止。"))
    after = StringField(_l("之后写什么"), [at_most(60)], description=_l("例：报名已经截止。留空就不再显示。"))


def moment(view: ComponentView) -> datetime | None:
    """Return the moment that is counted to."""
    to = view.config.get("to")
    if to == "own":
        text = view.config.get("at")
        return datetime.fromisoformat(str(text)) if text else None
    return view.starts_at if to == "start" else view.ends_at


def _render(view: ComponentView, now: datetime) -> Markup:
    at = moment(view)
    if at is None:
        return Markup("")
    if at <= now or view.state in OVER:
        after = str(view.config.get("after") or "")
        return Markup('<p class="countdown countdown--over">{}</p>').format(after) if after else Markup("")
    # True to the hour: whoever has no script reads what was true when the page was made.
    pagecache.until(min(at, clock.local(now).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)))
    left = at - now
    return Markup(render_template(
        "campaigns/kinds/countdown.html", at=at, days=left.days, hours=left.seconds // 3600, minutes=left.seconds % 3600 // 60,
        before=str(view.config.get("before") or ""), after=str(view.config.get("after") or ""),
    ))  # fmt: skip


def _lacks(view: ComponentView) -> Iterable[Text]:
    if view.config.get("to") == "own" and not view.config.get("at"):
        yield _("“%(title)s”还没有定时间。", title=view.title)


TYPE = ComponentType(
    "campaigns.countdown", _l("倒计时"), _l("数到活动开始、结束，或另定的时间。"), _render, icon="clock", form=lambda: CountdownForm,
    lacks=_lacks,
)  # fmt: skip
