"""What an article points to: images, people, orgs and other articles, and whether this actor may point there."""

from __future__ import annotations

from dataclasses import replace

from flask_babel import gettext as _
from sqlalchemy import or_, select

from unionhall.accounts.models import Account
from unionhall.base import db
from unionhall.base.errors import RuleBroken
from unionhall.base.text import fold
from unionhall.hooks.types import Actor
from unionhall.media import queries as assets
from unionhall.media import rights as media
from unionhall.media.models import Asset
from unionhall.news import rights
from unionhall.news.content import Content
from unionhall.news.desk_queries import LARGEST_ID
from unionhall.news.models import Article
from unionhall.orgs.models import Org, OrgStatus
from unionhall.platform import access


def check(content: Content, article: Article, actor: Actor) -> None:
    """Raise RuleBroken, naming the field, for anything that this actor could not see or use."""
    with db.session().no_autoflush:
        if content.cover_id is not None and not _usable_cover(content.cover_id, article, actor):
            raise RuleBroken(_("这张题图刚刚被删除，或者不在你能用的范围里。请另选一张。"), field="cover_id")
        for other_id in content.related:
            if other_id == article.id:
                raise RuleBroken(_("相关稿件里有这篇稿自己。请换一篇。"), field="related")
            if visible_article(other_id, actor) is None:
                raise no_such_article(str(other_id))
        _check_bylines(content, article)


def without_foreign(content: Content, org: Org, actor: Actor) -> Content:
    """Return the content without the image and articles that this actor could not use in this org: what a copy takes along."""
    cover = content.cover_id if usable_image(content.cover_id, org, actor) else None
    related = tuple(item for item in content.related if visible_article(item, actor))
    if cover:
        return replace(content, related=related)
    return replace(content, related=related, cover_id=None, cover_alt="", cover_caption="", cover_credit="")


def visible_article(article_id: int, actor: Actor) -> Article | None:
    """Return an article that everybody may read, or this actor in the desk."""
    if not 0 < article_id <= LARGEST_ID:
        return None
    found = db.session().scalar(access.unscoped(select(Article).where(Article.id == article_id), why="judged below"))
    return found if found and (found.is_live or rights.may_read(actor, found)) else None


def article_number(text: str) -> int | None:
    """Return the id in "A-20260514-17" or "17", None for anything else."""
    tail = text.strip().rpartition("-")[2]
    return int(tail) if tail.isdecimal() and len(tail) < 10 else None


def account_by_login(login: str) -> Account | None:
    """Return the account that can be named in a byline by its login name."""
    found = db.session().scalar(access.unscoped(select(Account).where(Account.login_key == fold(login)), why="byline"))
    return found if found and found.enabled else None


def org_by_name(name: str) -> Org | None:
    """Return the org at work with this name or short name; None when there is none, or more than one."""
    named = select(Org).where(or_(Org.name == name, Org.short_name == name), Org.status == OrgStatus.ACTIVE)
    found = db.session().scalars(named.limit(3)).all()
    exact = [org for org in found if org.name == name] or found
    return exact[0] if len(exact) == 1 else None


def org_names(ids: set[int]) -> dict[int, str]:
    """Return {org id: name}, for the editor's form."""
    if not ids:
        return {}
    return {row.id: row.name for row in db.session().execute(select(Org.id, Org.name).where(Org.id.in_(ids)))}


def logins(ids: set[int]) -> dict[int, str]:
    """Return {account id: login name}, for the editor's form."""
    if not ids:
        return {}
    rows = db.session().execute(access.unscoped(select(Account.id, Account.login).where(Account.id.in_(ids)), why="byline"))
    return {row.id: row.login for row in rows}


def no_such_login(login: str) -> RuleBroken:
    """Return the refusal of a login name: the same for one that does not exist and one that is too far away."""
    message = _("没有找到登录名“%(login)s”。核对一下，或者清空它：没有账号的人也能署名。", login=login.strip()[:60])
    return RuleBroken(message, field="bylines")


def no_such_org(name: str) -> RuleBroken:
    """Return the refusal of an org's name in a byline."""
    message = _("没有找到叫“%(name)s”的组织，或者不止一个。请写全称，或者清空它。", name=name.strip()[:120])
    return RuleBroken(message, field="bylines")


def no_such_article(number: str) -> RuleBroken:
    """Return the refusal of an article number."""
    return RuleBroken(_("没有找到编号 %(id)s 的稿件。请核对后再填。", id=number[:40]), field="related")


def linkable(account: Account, org: Org, actor: Actor) -> bool:
    """Say whether a byline of this org may lead to the account: the writer's own, or somebody of the same org line."""
    if account.id == actor.account_id or actor.system:
        return True
    home = account.org.path
    return home.startswith(org.path) or org.path.startswith(home)


def _check_bylines(content: Content, article: Article) -> None:
    """The form judges who may be linked anew; here only that what is linked is there."""
    accounts = {line.account_id for line in content.bylines if line.account_id is not None}
    orgs = {line.org_id for line in content.bylines if line.org_id is not None}
    if accounts and len(logins(accounts)) != len(accounts):
        raise RuleBroken(_("署名里关联的账号不存在了。请清空后再存。"), field="bylines")
    if orgs and len(db.session().scalars(select(Org.id).where(Org.id.in_(orgs))).all()) != len(orgs):
        raise RuleBroken(_("署名里的组织不存在了。请重新选择。"), field="bylines")


def usable_image(image_id: int | None, org: Org, actor: Actor) -> Asset | None:
    """Return an image that the actor may show in an article of this org."""
    image = assets.by_ids([image_id]).get(image_id) if image_id else None
    return image if image and image.is_image and media.may_use(actor, image, org.path) else None


def _usable_cover(image_id: int, article: Article, actor: Actor) -> bool:
    """The cover that an article has stays, also for who could not choose it anew."""
    kept = article.head.cover_id if article.head_id else None
    return image_id == kept or usable_image(image_id, article.org, actor) is not None
