"""The words for states, roles and steps, and the chip that shows a state: word, dot and colour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from unionhall.base import clock
from unionhall.hooks.types import Text
from unionhall.news import review
from unionhall.news.models import Article, BylineRole, State, Transition

STATES: dict[str, Text] = {
    State.DRAFT: _l("草稿"), State.SUBMITTED: _l("待审"), State.RETURNED: _l("退回"), State.APPROVED: _l("已审定"),
    State.SCHEDULED: _l("待发布"), State.PUBLISHED: _l("已发布"), State.CORRECTED: _l("已更正"),
    State.WITHDRAWN: _l("已撤下"), State.ARCHIVED: _l("已归档"),
}
TABS: dict[str, Text] = {"all": _l("全部"), "mine": _l("我的")} | {
    state.value: STATES[state] for state in State if state is not State.CORRECTED
}
ROLES: dict[str, Text] = {
    BylineRole.REPORTER: _l("记者"), BylineRole.CORRESPONDENT: _l("通讯员"), BylineRole.PHOTOGRAPHER: _l("摄影"),
    BylineRole.EDITOR: _l("编辑"), BylineRole.SOURCE_ORG: _l("供稿单位"),
}
STEPS: dict[str, Text] = {
    "submit": _l("送审"), "recall": _l("撤回送审"), "pass": _l("审核通过"), "return": _l("退回修改"),
    "schedule": _l("定时发布"), "unschedule": _l("取消定时"), "publish": _l("发布"), "correct": _l("更正"),
    "withdraw": _l("撤下"), "reinstate": _l("恢复发布"), "archive": _l("归档"),
}
CHECKS: dict[str, Text] = {
    "names": _l("人名、职务、单位名称"), "figures": _l("数字、日期、计量单位"), "captions": _l("图片说明与署名"),
    "consent": _l("当事人同意拍摄和刊发"), "law": _l("涉及法律法规的表述"), "quotes": _l("引语出处"),
}
_COLOURS = {
    State.SUBMITTED: "chip--warn", State.RETURNED: "chip--bad", State.APPROVED: "chip--info", State.SCHEDULED: "chip--info",
    State.PUBLISHED: "chip--ok", State.CORRECTED: "chip--ok",
}


@dataclass(frozen=True)
class Chip:
    """A state in words, with the class of its colour."""

    word: str
    css: str


def chip(article: Article, now: datetime) -> Chip:
    """Return the chip of an article: which step it waits for, when it will be published."""
    state = State(article.state)
    word = str(STATES[state])
    if state is State.SUBMITTED:
        word = _("待%(step)s", step=review.step_due(article))
    elif state is State.SCHEDULED and article.publish_at:
        word = _("待发布 %(when)s", when=_when(article.publish_at, now))
    return Chip(word, _COLOURS.get(state, ""))


def state_chip(state: str) -> Chip:
    """Return the chip of a state by itself."""
    return Chip(str(STATES[state]), _COLOURS.get(State(state), ""))


def step_word(item: Transition) -> str:
    """Return what a step of the article's way was: "初审通过", "退回修改"."""
    if item.action == "pass" and item.label:
        return _("%(label)s通过", label=item.label)
    return str(STEPS.get(item.action, item.action))


def lasted(span: timedelta) -> str:
    """Return how long something took, in the largest unit that says enough."""
    minutes = max(0, int(span.total_seconds() // 60))
    if minutes < 1:
        return _("不到 1 分钟")
    if minutes < 60:
        return _("%(n)s 分钟", n=minutes)
    if minutes < 48 * 60:
        return _("%(n)s 小时", n=round(minutes / 60))
    return _("%(n)s 天", n=round(minutes / 60 / 24))


def role_word(role: str) -> str:
    """Return the word for a byline's role."""
    return str(ROLES.get(role, role))


def byline(lines: list[tuple[str, str]]) -> str:
    """Return "记者 林晓棠" of the first (role, name), with how many more there are."""
    if not lines:
        return "—"
    role, name = lines[0]
    first = f"{role_word(role)} {name}"
    return _("%(first)s 等 %(n)s 人", first=first, n=len(lines)) if len(lines) > 1 else first


def _when(moment: datetime, now: datetime) -> str:
    local = clock.local(moment)
    if local.date() == clock.local_day(now):
        return f"{local:%H:%M}"
    return _("%(month)s 月 %(day)s 日 %(time)s", month=local.month, day=local.day, time=f"{local:%H:%M}")
