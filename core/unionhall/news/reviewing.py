"""What a reviewer reads: the newest text beside the one that was looked at before, and what was said on the way."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup
from sqlalchemy import select

from unionhall.accounts import queries as accounts
from unionhall.base import db
from unionhall.news import comparing, desk_queries, labels
from unionhall.news import content as contents
from unionhall.news.comparing import Difference
from unionhall.news.models import Article, Revision, Transition
from unionhall.news.redline import Redline, redline_html

View = Literal["diff", "new", "side"]
VIEWS: tuple[View, ...] = ("diff", "new", "side")
SEEN = ("pass", "return", "publish", "correct")
_INS, _DEL = re.compile(r"<ins>.*?</ins>", re.DOTALL), re.compile(r"<del>.*?</del>", re.DOTALL)
_EMPTY = re.compile(r"<(p|h2|h3|blockquote)>\s*</\1>")


@dataclass(frozen=True)
class Comparison:
    """The newest text against an earlier one: changed fields, the whole body with its changes, both sides apart."""

    base: Revision
    fields: list[Difference]
    body: Redline
    left: Markup
    right: Markup


@dataclass(frozen=True)
class Remark:
    """What somebody said about the article on its way."""

    who: str
    step: str
    text: str


def compared_with(article: Article) -> tuple[Revision | None, bool]:
    """Return the revision to compare the newest with, and whether somebody decided on it before.

    It is the one that was last passed, returned or published; else the one before; None for a first revision.
    """
    seen = (
        select(Revision).join(Transition, Transition.revision_id == Revision.id)
        .where(Transition.article_id == article.id, Transition.action.in_(SEEN), Revision.article_id == article.id)
        .order_by(Transition.id.desc()).limit(1)
    )
    found = db.session().scalars(seen).first()
    if found is not None:
        return found, True
    if article.head.number > 1:
        return desk_queries.revision(article, article.head.number - 1), False
    return None, False


def compare(base: Revision, head: Revision) -> Comparison:
    """Return the newest revision with every change since an earlier one marked."""
    before, after = contents.of(base), contents.of(head)
    fields = [item for item in comparing.differences(before, after) if item.name != "body"]
    body = redline_html(before.body, after.body)
    return Comparison(base, fields, body, _only(body.markup, _INS), _only(body.markup, _DEL))


def remarks(article: Article) -> list[Remark]:
    """Return what reviewers wrote in this round and why the article last came back, oldest first."""
    steps = [
        item for item in desk_queries.transitions(article)
        if item.note and item.action in {"submit", "pass", "return"} and item.round >= article.round - 1
    ]
    names = accounts.names({item.account_id for item in steps if item.account_id})
    return [Remark(names.get(item.account_id or 0, ""), labels.step_word(item), item.note) for item in steps]


def _only(markup: Markup, other: re.Pattern[str]) -> Markup:
    """Return one side of a redline. Content is escaped in it, so that its own tags are the only ones."""
    return Markup(_EMPTY.sub("", other.sub("", str(markup))))
