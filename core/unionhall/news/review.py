"""Review: submit, pass step by step, return with a reason. The author never reviews; nobody passes two steps."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from unionhall.base import db
from unionhall.base.errors import Conflict, NotAllowed, RuleBroken
from unionhall.hooks.types import Actor, Event
from unionhall.news import rights
from unionhall.news.models import Article, ReviewStep, State, Transition
from unionhall.news.workflow import step as take_step
from unionhall.platform import access, outbox

CHECKS = ("names", "figures", "captions", "consent", "law", "quotes")


def submit(article: Article, *, note: str = "", actor: Actor, now: datetime) -> None:
    """Send a draft, or one that was returned, into a new round of review."""
    rights.require(actor, "submit", article)
    take_step(article, "submit", State.SUBMITTED, actor=actor, now=now, note=note,
              values={"round": article.round + 1, "step": 0, "submitted_at": now})
    _tell(article, "news.submitted", now)


def recall(article: Article, *, actor: Actor, now: datetime) -> None:
    """Take a submission back before anybody passed it."""
    rights.require(actor, "recall", article)
    take_step(article, "recall", State.DRAFT, actor=actor, now=now, values={"submitted_at": None})


def give_back(article: Article, *, reason: str, revision_id: int | None = None, actor: Actor, now: datetime) -> None:
    """Return an article to its author. Raises RuleBroken without a reason, Conflict when another text stands by now."""
    rights.require(actor, "return", article)
    if revision_id is not None and article.head_id != revision_id:
        raise Conflict(_("你看稿的时候，有人改了正文。请看过最新的一版再决定。"))
    if not reason.strip():
        raise RuleBroken(_("退回时要写清理由，作者才知道改哪里。"), field="note")
    take_step(article, "return", State.RETURNED, actor=actor, now=now, note=reason.strip(),
              revision_id=revision_id, values={"publish_at": None, "expires_at": None})
    _tell(article, "news.returned", now)


def pass_step(
    article: Article, *, revision_id: int, note: str = "", checks: list[str] | None = None, actor: Actor, now: datetime
) -> None:
    """Pass the step that is due; after the last one the article is approved.

    Raises NotAllowed for the author, for somebody who passed an earlier step of this round or lacks the step's
    permission; Conflict when the text changed after the reviewer opened it.
    """
    if article.state != State.SUBMITTED:
        raise Conflict(_("这篇稿已经不在待审状态，可能别人刚处理过。"))
    if article.head_id != revision_id:
        raise Conflict(_("你看稿的时候，有人改了正文。请看过最新的一版再决定。"))
    if reason := refusal(article, actor):
        raise NotAllowed(reason)
    steps = article.section.steps
    passed = steps[article.step] if article.step < len(steps) else None
    last = article.step + 1 >= len(steps)
    take_step(
        article, "pass", State.APPROVED if last else State.SUBMITTED, actor=actor, now=now, note=note,
        label=passed.label if passed else "", checks=[c for c in checks or [] if c in CHECKS],
        revision_id=revision_id, values={"step": article.step + 1},
    )
    if last:
        _tell(article, "news.approved", now)


def refusal(article: Article, actor: Actor) -> str:
    """Say why this actor may not pass the step that is due; empty when they may."""
    if not access.can(actor, permission_due(article), article.org):
        return _("这一步要由有“%(label)s”权限的人来审。", label=step_due(article))
    if article.author_id is not None and article.author_id == actor.account_id:
        return _("作者不审自己的稿。请另一位编辑来审。")
    if actor.account_id is not None and actor.account_id in _passed_by(article):
        return _("你已经审过这一轮的前一步。下一步要由另一个人来审。")
    return ""


def due_step(article: Article) -> ReviewStep | None:
    """Return the review step that is due, None when the section has fewer steps by now."""
    steps = article.section.steps
    return steps[article.step] if article.step < len(steps) else None


def permission_due(article: Article) -> str:
    """Return the permission that passes the step that is due."""
    due = due_step(article)
    return due.permission if due else rights.SIGN_OFF


def step_due(article: Article) -> str:
    """Return the name of the step that is due."""
    due = due_step(article)
    return due.label if due else _("终审")


def _passed_by(article: Article) -> set[int | None]:
    passed = select(Transition.account_id).where(
        Transition.article_id == article.id, Transition.round == article.round, Transition.action == "pass"
    )
    return set(db.session().scalars(passed))


def _tell(article: Article, name: str, now: datetime) -> None:
    outbox.publish(Event(name, article.id, article.org_id, {"state": article.state}), now=now)
