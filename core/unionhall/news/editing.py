"""Writing: create, save without losing anybody's words, autosave, restore, copy."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, func, select, update

from unionhall.base import db
from unionhall.base.errors import Conflict, NotAllowed, NotFound, RuleBroken
from unionhall.base.text import slugify
from unionhall.media.models import Image
from unionhall.news import content as contents
from unionhall.news import rights
from unionhall.news.content import Content
from unionhall.news.models import Article, Autosave, Revision, Section, State
from unionhall.orgs.models import Org
from unionhall.platform import access, audit
from unionhall.platform.access import Actor


class SavedMeanwhile(Conflict):
    """Somebody saved first. Nothing was written; `theirs` is the revision that stands now."""

    code = "saved-meanwhile"

    def __init__(self, theirs: Revision) -> None:
        super().__init__(_("你编辑的时候，有人先保存了这篇稿。你的内容没有丢，请在下面对照合并。"))
        self.theirs = theirs


def create_article(
    org: Org, section: Section, content: Content, *, actor: Actor, now: datetime, origin: str | None = None
) -> Article:
    """Start a draft. Raises NotAllowed; RuleBroken naming the field that cannot stand."""
    if not access.can(actor, rights.WRITE, org):
        raise NotAllowed(_("你不能以“%(org)s”的名义写稿。", org=org.name))
    if not org.active:
        raise RuleBroken(_("“%(name)s”已关闭或已合并，不能再写稿。", name=org.name), field="org_id")
    article = Article(
        org_id=org.id, section_id=section.id, slug=f"new-{now.timestamp()}-{id(content)}", author_id=actor.account_id,
        origin=origin, created_at=now, updated_at=now, state=State.DRAFT.value,
    )
    article.org, article.section = org, section
    tidy = _checked(contents.tidied(content), article, actor)
    db.session().add(article)
    db.session().flush()
    revision = _add_revision(article, tidy, actor=actor, now=now, note="")
    article.head_id, article.slug = revision.id, _slug(tidy.headline, article.id)
    db.session().flush()
    audit.record("news.created", f"article:{article.id}", actor=actor, now=now, org_id=org.id, revision=revision.id)
    return article


def save(
    article: Article, content: Content, *, base_id: int, org: Org | None = None, section: Section | None = None,
    slug: str = "", note: str = "", actor: Actor, now: datetime,
) -> Revision:
    """Save on top of the revision that the form was opened with.

    Raises SavedMeanwhile when another revision stands by now (nothing is written), NotAllowed, RuleBroken.
    """
    if not rights.may_edit(actor, article):
        raise NotAllowed(_("这篇稿现在不能修改。审过的稿要先退回，再改，再送审。"))
    _place(article, org, section, slug, actor)
    tidy = _checked(contents.tidied(content), article, actor)
    if article.head_id == base_id and contents.of(article.head) == tidy and not note:
        db.session().flush()
        return article.head
    revision = _add_revision(article, tidy, actor=actor, now=now, note=note)
    moved = update(Article).where(Article.id == article.id, Article.head_id == base_id)
    if db.update_count(moved.values(head_id=revision.id, updated_at=now).execution_options(synchronize_session=False)) != 1:
        raise SavedMeanwhile(_head(article))
    db.session().refresh(article)
    drop_autosave(article, actor)
    audit.record("news.saved", f"article:{article.id}", actor=actor, now=now, org_id=article.org_id, revision=revision.id)
    return revision


def restore(article: Article, revision: Revision, *, base_id: int, actor: Actor, now: datetime) -> Revision:
    """Save an earlier revision's content as the newest. Raises NotFound for another article's revision."""
    if revision.article_id != article.id:
        raise NotFound()
    note = _("恢复第 %(n)s 版", n=revision.number)
    return save(article, contents.of(revision), base_id=base_id, note=note, actor=actor, now=now)


def copy(article: Article, org: Org, *, actor: Actor, now: datetime) -> Article:
    """Start a draft with the same content. Needs reading the one and writing at the other; history is not copied."""
    if not rights.may_read(actor, article):
        raise NotFound()
    return create_article(org, article.section, contents.of(article.head), actor=actor, now=now)


def autosave(article: Article, fields: dict[str, Any], *, base_id: int, actor: Actor, now: datetime) -> None:
    """Keep what somebody has typed so far, theirs alone. Raises SavedMeanwhile when it could no longer be saved."""
    if not rights.may_edit(actor, article) or actor.account_id is None:
        raise NotAllowed(_("这篇稿现在不能修改。"))
    row = _autosave_row(article, actor.account_id, now)
    row.base_id, row.saved_at, row.fields = base_id, now, fields
    if article.head_id != base_id:
        raise SavedMeanwhile(article.head)


def look_at(article: Article, *, actor: Actor, now: datetime) -> None:
    """Note that somebody has the article open, so that others can be told."""
    if actor.account_id is not None:
        _autosave_row(article, actor.account_id, now)


def drop_autosave(article: Article, actor: Actor) -> None:
    """Forget what was typed: it has been saved, or was thrown away."""
    db.session().execute(
        delete(Autosave).where(Autosave.article_id == article.id, Autosave.account_id == actor.account_id)
    )


def hand_over(source_id: int, target_id: int) -> None:
    """Give an org's articles to the one it is merged into, whatever state they are in."""
    db.session().execute(update(Article).where(Article.org_id == source_id).values(org_id=target_id))


def _autosave_row(article: Article, account_id: int, now: datetime) -> Autosave:
    row = db.session().get(Autosave, (article.id, account_id))
    if row is None:
        row = Autosave(article_id=article.id, account_id=account_id, base_id=article.head_id or 0, seen_at=now)
        db.session().add(row)
    row.seen_at = now
    return row


def _place(article: Article, org: Org | None, section: Section | None, slug: str, actor: Actor) -> None:
    """Move the article to another org or section, or give it another address; a published address stays."""
    if org is not None and org.id != article.org_id:
        if not access.can(actor, rights.WRITE, org) or not org.active:
            raise NotAllowed(_("你不能以“%(org)s”的名义写稿。", org=org.name))
        article.org_id, article.org = org.id, org
    if section is not None and section.id != article.section_id:
        article.section_id, article.section = section.id, section
    wanted = slugify(slug) if slug else ""
    if wanted and wanted != article.slug and article.published_at is None:
        taken = select(Article.id).where(Article.slug == wanted, Article.id != article.id)
        with db.session().no_autoflush:
            if db.session().scalar(access.unscoped(taken, why="address")):
                raise RuleBroken(_("网址“%(slug)s”已经有别的文章用了。", slug=wanted), field="slug")
        article.slug = wanted


def _checked(content: Content, article: Article, actor: Actor) -> Content:
    """Refuse links to images or articles that this actor could not see."""
    with db.session().no_autoflush:
        if content.cover_id is not None and not _image_allowed(content.cover_id, article, actor):
            raise RuleBroken(_("这张题图不存在，或者不属于你能用的组织。请重新上传。"), field="cover")
        for other_id in content.related:
            other = db.session().scalar(access.unscoped(select(Article).where(Article.id == other_id), why="related"))
            if other is None or not (other.is_live or rights.may_read(actor, other)):
                raise RuleBroken(_("相关稿件 %(id)s 不存在。", id=other_id), field="related")
    return content


def _image_allowed(image_id: int, article: Article, actor: Actor) -> bool:
    if article.head_id and article.head and article.head.cover_id == image_id:
        return True
    image = db.session().scalar(access.unscoped(select(Image).where(Image.id == image_id), why="checked below"))
    if image is None:
        return False
    owner = db.session().get(Org, image.org_id)
    return owner is not None and (image.uploaded_by == actor.account_id or access.can(actor, "media.use", owner))


def _add_revision(article: Article, content: Content, *, actor: Actor, now: datetime, note: str) -> Revision:
    newest = db.session().scalar(select(func.max(Revision.number)).where(Revision.article_id == article.id)) or 0
    revision = Revision(article_id=article.id, number=newest + 1, at=now, account_id=actor.account_id, note=note)
    contents.write(revision, content)
    try:
        with db.session().begin_nested():
            db.session().add(revision)
    except db.IntegrityError as error:
        raise SavedMeanwhile(_head(article)) from error
    return revision


def _head(article: Article) -> Revision:
    fresh = select(Revision).join(Article, Article.head_id == Revision.id).where(Article.id == article.id)
    return db.session().scalars(access.unscoped(fresh, why="conflict")).one()


def _slug(headline: str, article_id: int) -> str:
    stem = slugify(headline)
    return f"{stem}-{article_id}" if stem else f"a-{article_id}"
