"""One step of an article's way: a conditional update decides who was first, then it is timed and audited."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import update

from unionhall.base import db
from unionhall.base.errors import Conflict
from unionhall.hooks.types import Actor
from unionhall.news import pictures
from unionhall.news.models import Article, State, Transition
from unionhall.platform import audit


def step(
    article: Article, action: str, to: State, *, actor: Actor, now: datetime, note: str = "", label: str = "",
    checks: list[str] | None = None, revision_id: int | None = None, values: dict[str, Any] | None = None,
) -> None:
    """Move the article to a state. Raises Conflict when it is no longer in the state, round and step we saw."""
    seen = (article.state, article.round, article.step, article.head_id)
    moved = update(Article).where(
        Article.id == article.id, Article.state == seen[0], Article.round == seen[1], Article.step == seen[2],
        Article.head_id == seen[3],
    )
    changed = moved.values(state=to.value, updated_at=now, **(values or {})).execution_options(synchronize_session=False)
    if db.update_count(changed) != 1:
        raise Conflict(_("稿件的状态已经变了，可能别人刚处理过。请刷新后再看。"))
    transition = Transition(
        article_id=article.id, action=action, from_state=seen[0], to_state=to.value, round=seen[1], step=seen[2],
        label=label, revision_id=revision_id or seen[3], account_id=actor.account_id, org_id=article.org_id, at=now,
        note=note, checks=checks or [],
    )
    try:
        with db.session().begin_nested():
            db.session().add(transition)
    except db.IntegrityError as error:
        raise Conflict(_("这一步已经有人审过了。请刷新后再看。")) from error
    db.session().refresh(article)
    if "live_id" in (values or {}):
        pictures.note(article)
    audit.record(
        f"news.{action}", f"article:{article.id}", actor=actor, now=now, org_id=article.org_id,
        before=seen[0], after=to.value, revision=transition.revision_id,
    )
