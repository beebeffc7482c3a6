"""Telling the editors which topic members get wrong, so that they write about it."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from unionhall.plugin import (
    Actor,
    Conflict,
    NoticeKind,
    RuleBroken,
    accounts_with,
    clock,
    notify,
    record_audit,
    require,
    session,
)
from unionhall_quiz import rights
from unionhall_quiz.figures import queries
from unionhall_quiz.figures.models import Idea
from unionhall_quiz.play.models import Round

EDITORS = "news.publish"
IDEA = NoticeKind(
    "quiz.idea", _l("每日一答里答错多的主题"),
    {
        "zh_CN": ("选题建议：{topic}", "“{round}”里，“{topic}”的题只有 {percent}% 答对。答错最多的是：{question} 可以写一篇讲清楚。"),
        "en": (
            "An idea for a story: {topic}",
            "In “{round}” only {percent}% of the answers on “{topic}” are right. Most get this wrong: {question}",
        ),
    },
    {"topic": "垃圾分类", "round": "每日一答", "percent": "48", "question": "贝壳属于哪一类？"},
)  # fmt: skip


def tell_editors(found: Round, topic_id: int, *, actor: Actor, now: datetime) -> int:
    """Tell those who publish news at the round's org of a topic that members get wrong, once a month. Returns how many were told.

    Raises RuleBroken for a topic without answers, Conflict when it was told already.
    """
    require(actor, rights.READ, found.org)
    today = clock.local_day(now)
    since, until = queries.span(found, today)
    line = next((item for item in queries.topics(found.id, since, until) if item.topic_id == topic_id), None)
    if line is None:
        raise RuleBroken(_("这个主题最近没有人答，没有可以说的。"))
    month = queries.month_of(today)
    told = select(Idea.id).where(Idea.round_id == found.id, Idea.topic_id == topic_id, Idea.month == month)
    if session().scalar(told) is not None:
        raise Conflict(_("“%(topic)s”这个月已经告诉过编辑部了。", topic=line.name))
    session().add(Idea(round_id=found.id, topic_id=topic_id, month=month, told_by=actor.account_id, told_at=now))
    session().flush()
    worst = next((item.text for item in queries.wrong(found.id, since, until) if item.topic == line.name), _("（答得还不够多）"))
    values = {"topic": line.name, "round": found.title, "percent": f"{line.percent:.0f}", "question": worst}
    accounts = accounts_with(EDITORS, found.org.path, now)
    notify("quiz.idea", accounts, values, key=f"{found.id}-{topic_id}-{month}", now=now, url="/desk/news/new", org_id=found.org_id)
    record_audit("quiz.idea_told", f"topic:{topic_id}", actor=actor, now=now, org_id=found.org_id, round=found.id)
    return len(accounts)
