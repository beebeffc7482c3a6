"""Publishing: now or at a minute, correct, withdraw, archive. What is due is done by a job within seconds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import structlog
from flask_babel import gettext as _
from sqlalchemy import select

from unionhall.base import db, richtext
from unionhall.base.errors import Conflict, RuleBroken, UnionHallError
from unionhall.hooks.types import SYSTEM, Actor, Event
from unionhall.media.models import Asset
from unionhall.news import editing, findable, pictures, rights
from unionhall.news.content import Content
from unionhall.news.models import LIVE, Article, Revision, State
from unionhall.news.workflow import step as take_step
from unionhall.platform import access, audit, outbox, pagecache, search
from unionhall.settings.queries import site_settings

log = structlog.get_logger("unionhall.news")


def problems(article: Article) -> list[str]:
    """Return what must be mended before readers may see the newest revision."""
    found, head = [], article.head
    words, assets = pictures.cover_words(head), pictures.in_bodies(head.body)
    if not richtext.plain_text(head.body).strip():
        found.append(_("正文还是空的。"))
    if not head.bylines:
        found.append(_("还没有署名。公告可以署发布单位。"))
    found += _uncredited(head, assets)
    if lost := pictures.lost(head.body, assets):
        found.append(_("正文第 %(numbers)s 张图已经不在素材库里。请换一张，或去掉它。", numbers="、".join(map(str, lost))))
    if head.cover_id and not words.alt:
        found.append(_("题图还缺替代文字（给看不见图的读者）。"))
    return found


def uncredited(article: Article) -> list[str]:
    """Return which pictures of the newest revision lack what the site requires of every picture."""
    return _uncredited(article.head, pictures.in_bodies(article.head.body))


def _uncredited(head: Revision, assets: Mapping[str, Asset]) -> list[str]:
    if not site_settings().credit_required:
        return []
    found, words = [], pictures.cover_words(head)
    if head.cover_id and not (words.caption and words.credit):
        found.append(_("题图还缺说明或摄影署名。"))
    if bare := pictures.bare(head.body, assets):
        found.append(_("正文第 %(numbers)s 张图还缺说明或摄影署名。", numbers="、".join(map(str, bare))))
    return found


def schedule(
    article: Article, *, publish_at: datetime, expires_at: datetime | None = None, actor: Actor, now: datetime
) -> None:
    """Publish at a minute (and take down at another). Raises RuleBroken for a moment in the past or a wrong order."""
    rights.require(actor, "schedule", article)
    if publish_at <= now:
        raise RuleBroken(_("发布时间已经过去了。要马上发，请用“立即发布”。"), field="publish_at")
    _check_period(publish_at, expires_at)
    _check_problems(article)
    take_step(article, "schedule", State.SCHEDULED, actor=actor, now=now,
              values={"publish_at": publish_at, "expires_at": expires_at})


def unschedule(article: Article, *, actor: Actor, now: datetime) -> None:
    """Take a scheduled article back to approved."""
    rights.require(actor, "unschedule", article)
    take_step(article, "unschedule", State.APPROVED, actor=actor, now=now, values={"publish_at": None, "expires_at": None})


def publish(article: Article, *, expires_at: datetime | None = None, actor: Actor, now: datetime) -> None:
    """Show the newest revision to readers. Raises RuleBroken listing what must be mended first."""
    rights.require(actor, "publish", article)
    ends = expires_at or article.expires_at
    _check_period(now, ends)
    _check_problems(article)
    values = {
        "live_id": article.head_id, "published_at": article.published_at or now, "publish_at": None, "expires_at": ends,
    }
    take_step(article, "publish", State.PUBLISHED, actor=actor, now=now, values=values)
    _tell(article, "news.published", now)


def arrive(article: Article, *, at: datetime, actor: Actor, now: datetime) -> None:
    """Show a draft that was published elsewhere, at the time it had there; its review was done there. Raises NotAllowed."""
    access.require(actor, rights.SIGN_OFF, article.org)
    take_step(article, "publish", State.PUBLISHED, actor=actor, now=now, note=_("从别处导入"),
              values={"live_id": article.head_id, "published_at": at})
    _tell(article, "news.arrived", now)


def arrive_later(article: Article, *, publish_at: datetime, actor: Actor, now: datetime) -> None:
    """Schedule a draft that was scheduled elsewhere. Raises NotAllowed."""
    access.require(actor, rights.SIGN_OFF, article.org)
    take_step(article, "schedule", State.SCHEDULED, actor=actor, now=now, note=_("从别处导入"), values={"publish_at": publish_at})


def renew(article: Article, content: Content, *, actor: Actor, now: datetime) -> None:
    """Put in what an article's source says now; a live one shows it at once, without a correction. Raises NotAllowed."""
    access.require(actor, rights.SIGN_OFF, article.org)
    revision = editing.renew(article, content, actor=actor, now=now)
    if article.is_live:
        step = {"live_id": revision.id}
        take_step(article, "publish", State(article.state), actor=actor, now=now, note=_("按来源更新"), values=step)
        _tell(article, "news.arrived", now)


def correct(article: Article, *, note: str, revision_id: int, actor: Actor, now: datetime) -> None:
    """Show the newest revision with a note that says what was wrong. Raises RuleBroken without a note or a change."""
    rights.require(actor, "correct", article)
    if article.head_id != revision_id:
        raise Conflict(_("你看稿的时候，有人改了正文。请看过最新的一版再决定。"))
    if not note.strip():
        raise RuleBroken(_("更正要写明改了什么，读者会看到这句话。"), field="note")
    if article.head_id == article.live_id:
        raise RuleBroken(_("正文和已发布的一样。请先改好并保存，再发布更正。"), field="note")
    _check_problems(article)
    take_step(article, "correct", State.CORRECTED, actor=actor, now=now, note=note.strip(),
              values={"live_id": article.head_id, "corrected_at": now, "correction": note.strip()})
    _tell(article, "news.corrected", now)


def withdraw(article: Article, *, reason: str, actor: Actor, now: datetime) -> None:
    """Take an article away from readers; its address says since when and why. Raises RuleBroken without a reason."""
    rights.require(actor, "withdraw", article)
    if not reason.strip():
        raise RuleBroken(_("撤下要写明原因，读者会在原网址看到。"), field="note")
    take_step(article, "withdraw", State.WITHDRAWN, actor=actor, now=now, note=reason.strip(),
              values={"withdrawn_at": now, "withdrawal": reason.strip(), "lead_at": None, "pinned_until": None})
    _tell(article, "news.withdrawn", now)


def reinstate(article: Article, *, reason: str, actor: Actor, now: datetime) -> None:
    """Give a withdrawn article back to readers as it was. Raises RuleBroken without a reason."""
    rights.require(actor, "reinstate", article)
    if not reason.strip():
        raise RuleBroken(_("恢复发布要写明原因。"), field="note")
    to = State.CORRECTED if article.corrected_at else State.PUBLISHED
    take_step(article, "reinstate", to, actor=actor, now=now, note=reason.strip(),
              values={"withdrawn_at": None, "withdrawal": "", "expires_at": None})
    _tell(article, "news.published", now)


def archive(article: Article, *, actor: Actor, now: datetime) -> None:
    """Put an article away: out of lists, feeds and the sitemap; a published address stays readable."""
    rights.require(actor, "archive", article)
    take_step(article, "archive", State.ARCHIVED, actor=actor, now=now, values={"lead_at": None, "pinned_until": None})
    _tell(article, "news.archived", now)


def feature(article: Article, *, lead: bool, pinned_until: datetime | None, actor: Actor, now: datetime) -> None:
    """Make a live article the home page's lead (decided for the whole site), or pin it in its section.

    Raises Conflict for one that readers do not see, NotAllowed, RuleBroken for a moment in the past.
    """
    access.require(actor, rights.PUBLISH, article.org)
    if not article.is_live:
        raise Conflict(_("这篇稿现在不在网站上，不能推荐或置顶。"))
    if pinned_until is not None and pinned_until <= now:
        raise RuleBroken(_("这个时间已经过去了。不再置顶的话，请清空它。"), field="pinned_until")
    if lead != (article.lead_at is not None):
        access.require(actor, rights.SIGN_OFF, access.SITE)
        article.lead_at = now if lead else None
    article.pinned_until = pinned_until
    db.session().flush()
    _purge(article)
    audit.record("news.featured", f"article:{article.id}", actor=actor, now=now, org_id=article.org_id,
                 lead=lead, pinned=pinned_until is not None)


def run_due(now: datetime) -> int:
    """Publish what is due and take down what is over (the job); returns how many articles moved.

    Each in its own unit of work: one that cannot be published goes back to approved, and says why, without holding
    up the others.
    """
    return sum(_finish(article_id, now) for article_id in _due(now))


def _due(now: datetime) -> list[int]:
    waiting = select(Article.id).where(Article.state == State.SCHEDULED.value, Article.publish_at <= now)
    over = select(Article.id).where(Article.state.in_([state.value for state in LIVE]), Article.expires_at <= now)
    both = [waiting.order_by(Article.publish_at), over.order_by(Article.expires_at)]
    ids = [found for statement in both for found in db.session().scalars(access.unscoped(statement, why="due"))]
    db.session().rollback()
    return ids


def _finish(article_id: int, now: datetime) -> bool:
    try:
        with db.unit_of_work():
            return _move(_due_article(article_id), now)
    except RuleBroken as error:
        _hold(article_id, str(error), now)
    except UnionHallError:
        log.info("due article was handled elsewhere", article=article_id)
    return False


def _due_article(article_id: int) -> Article | None:
    return db.session().scalar(access.unscoped(select(Article).where(Article.id == article_id), why="due"))


def _move(article: Article | None, now: datetime) -> bool:
    """Do what is due; False when another worker was faster."""
    if article and article.state == State.SCHEDULED and article.publish_at and article.publish_at <= now:
        publish(article, actor=SYSTEM, now=now)
        return True
    if article and article.is_live and article.expires_at and article.expires_at <= now:
        archive(article, actor=SYSTEM, now=now)
        return True
    return False


def _hold(article_id: int, reason: str, now: datetime) -> None:
    """Take back to approved what cannot be published, with the reason in its history."""
    try:
        with db.unit_of_work():
            article = _due_article(article_id)
            if article is not None and article.state == State.SCHEDULED:
                take_step(article, "unschedule", State.APPROVED, actor=SYSTEM, now=now, note=reason,
                          values={"publish_at": None, "expires_at": None})
    except UnionHallError:
        log.info("due article was handled elsewhere", article=article_id)


def _check_problems(article: Article) -> None:
    if found := problems(article):
        raise RuleBroken(_("还不能发布：%(what)s", what="".join(found)), field="problems")


def _check_period(publish_at: datetime, expires_at: datetime | None) -> None:
    if expires_at is not None and expires_at <= publish_at:
        raise RuleBroken(_("下线时间要晚于发布时间。"), field="expires_at")


def _tell(article: Article, name: str, now: datetime) -> None:
    _purge(article)
    search.changed(findable.KIND, article.id, now=now)
    outbox.publish(Event(name, article.id, article.org_id, {"state": article.state}), now=now)


def _purge(article: Article) -> None:
    """Drop the pages that show the article, the lists it may be in, and the articles that point to its section or tags."""
    words = {tag.name for revision in (article.head, article.live) if revision for tag in revision.tags}
    pagecache.purge(
        "news", f"news:article:{article.id}", f"news:section:{article.section_id}", *(f"news:tag:{word}" for word in words)
    )
