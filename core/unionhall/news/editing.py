"""Writing: create, save without losing anybody's words, autosave, restore, copy."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Executable, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from unionhall.base import db
from unionhall.base.errors import Conflict, NotAllowed, NotFound, RuleBroken
from unionhall.base.text import slugify
from unionhall.news import content as contents
from unionhall.news import findable, pictures, references, rights
from unionhall.news.content import Content
from unionhall.news.models import Article, Autosave, Revision, Section, State
from unionhall.orgs.models import Org
from unionhall.platform import access, audit, pagecache, search
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
    _must_take(org, section)
    article = Article(
        org_id=org.id, section_id=section.id, slug=f"new-{secrets.token_hex(16)}", author_id=actor.account_id,
        origin=origin, created_at=now, updated_at=now, state=State.DRAFT.value,
    )
    article.org, article.section = org, section
    tidy = contents.tidied(content)
    references.check(tidy, article, actor)
    db.session().add(article)
    db.session().flush()
    revision = _add_revision(article, tidy, actor=actor, now=now, note="")
    article.head_id, article.slug = revision.id, _free_slug(tidy.headline, article.id)
    db.session().flush()
    pictures.note(article)
    audit.record("news.created", f"article:{article.id}", actor=actor, now=now, org_id=org.id, revision=revision.id)
    return article


def save(
    article: Article, content: Content, *, base_id: int, org: Org | None = None, section: Section | None = None,
    slug: str = "", note: str = "", actor: Actor, now: datetime,
) -> Revision:
    """Save on top of the revision that the form was opened with; content that did not change makes no revision.

    Raises SavedMeanwhile when another revision stands by now, Conflict when the article moved on to a state that
    forbids it (nothing is written in either case), NotAllowed, RuleBroken.
    """
    if not rights.may_edit(actor, article):
        raise NotAllowed(_("这篇稿现在不能修改。审过的稿要先退回，再改，再送审。"))
    tidy = contents.tidied(content)
    if article.head_id != base_id:
        return _sent_twice(article, tidy, actor)
    state = article.state
    moved = _place(article, org, section, slug, actor, now)
    references.check(tidy, article, actor)
    before = contents.of(article.head)
    revision = article.head
    if before != tidy or note:
        revision = _add_revision(article, tidy, actor=actor, now=now, note=note or contents.describe(before, tidy))
    if revision.id != base_id or moved:
        _turn_to(article, revision, base_id=base_id, state=state, now=now)
        audit.record("news.saved", f"article:{article.id}", actor=actor, now=now, org_id=article.org_id,
                     revision=revision.id, moved=sorted(moved) or None)
    drop_autosave(article, actor)
    return revision


def renew(article: Article, content: Content, *, actor: Actor, now: datetime) -> Revision:
    """Save what an article's source says now, whatever state the article is in. Raises RuleBroken, SavedMeanwhile."""
    tidy, base, state = contents.tidied(content), article.head_id or 0, article.state
    references.check(tidy, article, actor)
    if contents.of(article.head) == tidy:
        return article.head
    revision = _add_revision(article, tidy, actor=actor, now=now, note=_("按来源更新"))
    _turn_to(article, revision, base_id=base, state=state, now=now)
    audit.record("news.saved", f"article:{article.id}", actor=actor, now=now, org_id=article.org_id, revision=revision.id)
    return revision


def _sent_twice(article: Article, content: Content, actor: Actor) -> Revision:
    """Return the head when it is just what this person saved a moment ago. Raises SavedMeanwhile otherwise."""
    theirs = _head(article)
    if theirs.account_id == actor.account_id and contents.of(theirs) == content:
        return theirs
    raise SavedMeanwhile(theirs)


def refile(article: Article, section: Section, *, actor: Actor, now: datetime) -> None:
    """Put an article into another section, its text untouched. Raises NotAllowed, RuleBroken, Conflict."""
    if not rights.may_edit(actor, article):
        raise NotAllowed(_("这篇稿现在不能修改。审过的稿要先退回，再改，再送审。"))
    state, head = article.state, article.head
    if _place(article, None, section, "", actor, now):
        _turn_to(article, head, base_id=head.id, state=state, now=now)
        audit.record("news.refiled", f"article:{article.id}", actor=actor, now=now, org_id=article.org_id, section=section.id)


def _turn_to(article: Article, revision: Revision, *, base_id: int, state: str, now: datetime) -> None:
    """Make a revision the head if the article still stands as we saw it: a review may have passed it meanwhile."""
    same = update(Article).where(Article.id == article.id, Article.head_id == base_id, Article.state == state)
    changed = same.values(head_id=revision.id, updated_at=now).execution_options(synchronize_session=False)
    if db.update_count(changed) != 1:
        theirs = _head(article)
        if theirs.id != base_id:
            raise SavedMeanwhile(theirs)
        raise Conflict(_("稿件的状态刚刚变了，这次没有保存。你写的都还在，请刷新后再看能不能改。"))
    db.session().refresh(article)
    if revision.id != base_id:
        pictures.note(article)


def restore(article: Article, revision: Revision, *, base_id: int, actor: Actor, now: datetime) -> Revision:
    """Save an earlier revision's content as the newest. Raises NotFound for another article's revision."""
    if revision.article_id != article.id:
        raise NotFound()
    note = _("恢复第 %(n)s 版", n=revision.number)
    return save(article, contents.of(revision), base_id=base_id, note=note, actor=actor, now=now)


def copy(article: Article, org: Org, *, actor: Actor, now: datetime) -> Article:
    """Start a draft with the same content, without images and articles that this actor could not use.

    Needs reading the one and writing at the other; history is not copied. Raises NotFound, NotAllowed, RuleBroken.
    """
    if not rights.may_read(actor, article):
        raise NotFound()
    section = article.section if article.section.open else _first_open_section()
    content = references.without_foreign(contents.of(article.head), org, actor)
    return create_article(org, section, content, actor=actor, now=now)


def autosave(article: Article, fields: dict[str, Any], *, base_id: int, actor: Actor, now: datetime) -> None:
    """Keep what somebody has typed so far, theirs alone. Raises SavedMeanwhile, after keeping it, when others saved."""
    if not rights.may_edit(actor, article) or actor.account_id is None:
        raise NotAllowed(_("这篇稿现在不能修改。"))
    kept = {"base_id": base_id, "saved_at": now, "fields": fields}
    db.session().execute(_note_presence(article.id, actor.account_id, now, **kept))
    if article.head_id != base_id:
        raise SavedMeanwhile(article.head)


def look_at(article_id: int, head_id: int, *, actor: Actor, now: datetime) -> None:
    """Note that somebody has the article open, so that others can be told; from a page that only reads."""
    if actor.account_id is not None:
        db.write_aside(_note_presence(article_id, actor.account_id, now, base_id=head_id))


def drop_autosave(article: Article, actor: Actor) -> None:
    """Forget what was typed: it has been saved, or was thrown away."""
    db.session().execute(
        delete(Autosave).where(Autosave.article_id == article.id, Autosave.account_id == actor.account_id)
    )


def hand_over(source_id: int, target_id: int) -> None:
    """Give an org's articles to the one it is merged into, whatever state they are in."""
    db.session().execute(update(Article).where(Article.org_id == source_id).values(org_id=target_id))


def _note_presence(article_id: int, account_id: int, now: datetime, **values: Any) -> Executable:
    """Return the upsert of one person's row: two tabs of the same person never collide."""
    insert = postgresql.insert if db.engine().dialect.name == "postgresql" else sqlite.insert
    row = insert(Autosave).values(article_id=article_id, account_id=account_id, seen_at=now, **values)
    changed = {"seen_at": now, **(values if "saved_at" in values else {})}
    return row.on_conflict_do_update(index_elements=["article_id", "account_id"], set_=changed)


def _must_take(org: Org, section: Section) -> None:
    """Refuse an org or section that takes no more articles. The org's row is held, so that no merge slips between."""
    db.session().refresh(org, with_for_update={"read": True})
    if not org.active:
        raise RuleBroken(_("“%(name)s”已关闭或已合并，不能再写稿。", name=org.name), field="org_id")
    if not section.open:
        raise RuleBroken(_("栏目“%(name)s”已停用，不再收稿。请换一个栏目。", name=section.name), field="section_id")


def _first_open_section() -> Section:
    found = db.session().scalars(select(Section).where(Section.open).order_by(Section.position, Section.id)).first()
    if found is None:
        raise RuleBroken(_("还没有在收稿的栏目。"), field="section_id")
    return found


def _place(
    article: Article, org: Org | None, section: Section | None, slug: str, actor: Actor, now: datetime
) -> set[str]:
    """Move the article to another org or section, or give it another address; a published address stays."""
    moved, was_in = set(), article.section_id
    if org is not None and org.id != article.org_id:
        if not access.can(actor, rights.WRITE, org):
            raise NotAllowed(_("你不能以“%(org)s”的名义写稿。", org=org.name))
        _must_take(org, article.section)
        article.org_id, article.org = org.id, org
        moved.add("org")
    if section is not None and section.id != article.section_id:
        _must_take(article.org, section)
        if article.state not in {State.DRAFT, State.RETURNED} and not access.can(actor, rights.SIGN_OFF, article.org):
            raise NotAllowed(_("送审以后换栏目，就换了审稿流程，要由有终审权限的人来换。也可以先退回，换好再送审。"))
        article.section_id, article.section = section.id, section
        moved.add("section")
    if slug and article.published_at is None and _readdress(article, slugify(slug)):
        moved.add("slug")
    if moved and article.live_id is not None:
        places = (f"news:section:{section_id}" for section_id in {was_in, article.section_id})
        pagecache.purge("news", f"news:article:{article.id}", *places)
        search.changed(findable.KIND, article.id, now=now)
    return moved


def _readdress(article: Article, wanted: str) -> bool:
    if wanted == article.slug:
        return False
    if not wanted:
        raise RuleBroken(_("网址里要有字母、数字或汉字。"), field="slug")
    if _taken(wanted, article.id):
        raise RuleBroken(_("网址“%(slug)s”已经有别的文章用了。", slug=wanted), field="slug")
    try:
        with db.session().begin_nested():
            article.slug = wanted
    except db.IntegrityError as error:
        raise RuleBroken(_("网址“%(slug)s”已经有别的文章用了。", slug=wanted), field="slug") from error
    return True


def _taken(slug: str, article_id: int) -> bool:
    others = select(Article.id).where(Article.slug == slug, Article.id != article_id)
    with db.session().no_autoflush:
        return db.session().scalar(access.unscoped(others, why="address")) is not None


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


def _free_slug(headline: str, article_id: int) -> str:
    """Return the address a headline gives; the article's number makes it its own, unless somebody typed that one."""
    stem = f"{slugify(headline) or 'a'}-{article_id}"
    return f"{stem}-{secrets.token_hex(3)}" if _taken(stem, article_id) else stem
