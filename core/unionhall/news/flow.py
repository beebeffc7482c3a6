"""An article's way as a reader of the desk sees it: what is done, by whom and when, what is due now, what comes after."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from flask_babel import gettext as _
from sqlalchemy import select

from unionhall.accounts import queries as accounts
from unionhall.accounts.models import Account, AccountGrant
from unionhall.base import clock, db
from unionhall.news import desk_queries, labels, review, rights
from unionhall.news.labels import Chip
from unionhall.news.models import Article, State, Transition
from unionhall.platform import access
from unionhall.settings.queries import site_settings

MOST_NAMES = 3


@dataclass(frozen=True)
class Stage:
    """One point of the way: its word, who did it (or may), when, how long it took, and what was said."""

    word: str
    who: str
    tense: Literal["done", "now", "todo"]
    at: datetime | None = None
    lasted: str = ""
    note: str = ""


def stages(article: Article, now: datetime) -> list[Stage]:
    """Return the way of an article: of the round under way every step, of earlier rounds how they ended."""
    steps = desk_queries.transitions(article)
    names = accounts.names({item.account_id for item in steps if item.account_id} | ({article.author_id} if article.author_id else set()))
    author = names.get(article.author_id or 0, _("系统"))
    found = [Stage(_("起草"), author, "done", article.created_at)]
    since = article.created_at
    for item in steps:
        who = names.get(item.account_id or 0, _("系统"))
        found.append(Stage(labels.step_word(item), who, "done", item.at, labels.lasted(item.at - since), item.note))
        since = item.at
    return found + _ahead(article, steps, now)


def _ahead(article: Article, steps: list[Transition], now: datetime) -> list[Stage]:
    state = State(article.state)
    if state in (State.DRAFT, State.RETURNED):
        coming = [_step(article, at, "todo", now, set()) for at in range(len(article.section.steps))]
        return [Stage(_("等送审"), "", "now"), *coming]
    if state is State.SUBMITTED:
        passed = {item.account_id or 0 for item in steps if item.action == "pass" and item.round == article.round}
        last = max(len(article.section.steps), article.step + 1)
        places = range(article.step, last)
        coming = [_step(article, at, "now" if at == article.step else "todo", now, passed) for at in places]
        return [*coming, Stage(_("发布"), "", "todo")]
    if state is State.APPROVED:
        return [Stage(_("等发布"), _people(article, rights.PUBLISH, now, {0}), "now")]
    if state is State.SCHEDULED:
        return [Stage(_("到时自动发布"), "", "now", article.publish_at)]
    if article.is_live and article.expires_at:
        return [Stage(_("到时自动下线"), "", "todo", article.expires_at)]
    return []


def _step(article: Article, at: int, tense: Literal["now", "todo"], now: datetime, passed: set[int]) -> Stage:
    steps = article.section.steps
    word, permission = (steps[at].label, steps[at].permission) if at < len(steps) else (_("终审"), rights.SIGN_OFF)
    others = passed | {article.author_id or 0}
    return Stage(word, _people(article, permission, now, others), tense, note=_until(article) if tense == "now" else "")


def _until(article: Article) -> str:
    ends = deadline(article)
    return _("应在 %(when)s前审完", when=f"{clock.local(ends):%m-%d %H:%M} ") if ends else ""


def _people(article: Article, permission: str, now: datetime, but: set[int]) -> str:
    """Name some of those who may take a step: they hold the permission here or above, and took no part that bars them."""
    above = [int(part) for part in article.org.path.strip("/").split("/")]
    roles = access.rights().permissions[permission].roles
    rows = (
        select(Account, AccountGrant).join(AccountGrant, AccountGrant.account_id == Account.id)
        .where(AccountGrant.org_id.in_(above), AccountGrant.role.in_(roles), AccountGrant.revoked_at.is_(None),
               Account.disabled_at.is_(None), Account.id.not_in(but))
        .order_by(AccountGrant.org_id.desc(), Account.id)
    )
    found = db.session().execute(access.unscoped(rows, why="reviewers")).unique()
    names = list(dict.fromkeys(account.name for account, grant in found if grant.in_force(now)))
    shown = "、".join(names[:MOST_NAMES])
    return _("%(names)s 等 %(n)s 人", names=shown, n=len(names)) if len(names) > MOST_NAMES else shown


def deadline(article: Article) -> datetime | None:
    """Return when an article under review should be through, by the site's settings."""
    if article.state != State.SUBMITTED or article.submitted_at is None:
        return None
    return article.submitted_at + timedelta(hours=site_settings().review_hours)


def due_chip(article: Article, now: datetime) -> Chip:
    """Return how urgent a review is: overdue, due today, or simply which step waits."""
    ends = deadline(article)
    if ends is not None and ends < now:
        return Chip(_("超时 %(span)s", span=labels.lasted(now - ends)), "chip--bad")
    if ends is not None and clock.local_day(ends) == clock.local_day(now):
        return Chip(_("今天 %(time)s 到期", time=f"{clock.local(ends):%H:%M}"), "chip--warn")
    return Chip(review.step_due(article), "chip--info")


def overdue(articles: list[Article], now: datetime) -> int:
    """Return how many of these should have been reviewed by now."""
    return sum(1 for article in articles if (ends := deadline(article)) is not None and ends < now)
