"""The rules of the tree: found, rename, move, merge, close and reopen orgs.

Every change waits its turn at the root's row and then reads again what it judges: paths, parents and states that were
read before the wait may be somebody else's past.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import func, literal, select, update

from unionhall.base import db
from unionhall.base.errors import Conflict, RuleBroken
from unionhall.base.text import fold, slugify, tidy
from unionhall.host.registry import host
from unionhall.orgs import findable, queries
from unionhall.orgs.models import Org, OrgChange, OrgKind, OrgStatus
from unionhall.platform import access, audit, pagecache, search
from unionhall.platform.access import Actor

REPLACING = frozenset({"moved", "merged"})
MANAGE = "orgs.manage"
RANK = {OrgKind.PROVINCE: 0, OrgKind.CITY: 1, OrgKind.DISTRICT: 2, OrgKind.STREET: 3}
MAX_LEVELS = 12
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True)
class OrgFields:
    """What a person fills in about an org."""

    name: str
    short_name: str
    kind: OrgKind
    slug: str = ""
    name_en: str = ""
    summary: str = ""
    address: str = ""
    phone: str = ""
    certificate: str = ""
    certificate_until: date | None = None
    term_ends: date | None = None
    established_on: date | None = None


def found_root(fields: OrgFields, *, now: datetime) -> Org:
    """Create the first org of a site, once; returns the one there is when called again."""
    existing = db.session().scalar(select(Org).where(Org.is_root))
    if existing:
        return existing
    org = Org(is_root=True, path="?", created_at=now, updated_at=now)
    _fill(org, fields)
    db.session().add(org)
    db.session().flush()
    org.path = f"/{org.id}/"
    _note(org, "founded", now=now, actor=access.SYSTEM, after={"name": org.name})
    return org


def create_org(parent: Org, fields: OrgFields, *, actor: Actor, now: datetime) -> Org:
    """Found an org below `parent`. Raises NotAllowed; RuleBroken for a level, name or address that cannot be."""
    _wait_for_the_tree()
    access.require(actor, MANAGE, parent)
    _must_work(parent)
    if not may_hang(fields.kind, parent.kind):
        raise RuleBroken(_level_message(parent), field="kind")
    _check_depth(parent, 1)
    _check_name(fields.name, parent.id)
    org = Org(parent_id=parent.id, path="?", created_at=now, updated_at=now)
    _fill(org, fields)
    db.session().add(org)
    db.session().flush()
    org.path = f"{parent.path}{org.id}/"
    _note(org, "founded", now=now, actor=actor, after={"name": org.name, "parent": parent.name})
    return org


def rename_org(org: Org, fields: OrgFields, *, version: int, actor: Actor, now: datetime) -> None:
    """Change what is said of an org. Raises Conflict when somebody saved after the form was opened."""
    _wait_for_the_tree()
    access.require(actor, MANAGE, org)
    if org.version != version:
        raise Conflict(_("你打开这一页之后，有人改过“%(name)s”。下面是你填写的内容，请对照最新资料再保存一次。", name=org.name))
    if fields.kind != org.kind:
        _check_new_level(org, fields.kind)
    if org.parent_id:
        _check_name(fields.name, org.parent_id, but=org.id)
    before = {"name": org.name, "slug": org.slug, "kind": org.kind}
    _fill(org, fields)
    org.version, org.updated_at = version + 1, now
    after = {"name": org.name, "slug": org.slug, "kind": org.kind}
    changed = [name for name in before if before[name] != after[name]]
    _note(
        org, "renamed" if "name" in changed else "updated", now=now, actor=actor,
        before={name: before[name] for name in changed}, after={name: after[name] for name in changed},
    )
    db.session().flush()


def move_org(org: Org, parent: Org, *, actor: Actor, now: datetime) -> None:
    """Hang an org, with all below it, under another parent. Raises RuleBroken for a circle, a wrong level, the root."""
    _wait_for_the_tree()
    require_above(org, actor)
    access.require(actor, MANAGE, parent)
    _must_work(org)
    _must_work(parent)
    if parent.path.startswith(org.path):
        raise RuleBroken(_("不能把“%(name)s”移到它自己或它的下级之下。", name=org.name), field="target")
    if org.parent_id == parent.id:
        raise RuleBroken(_("“%(name)s”已经在“%(parent)s”下面。", name=org.name, parent=parent.name), field="target")
    _check_hanging(org, parent)
    _hang(org, parent, actor=actor, now=now)


def merge_org(org: Org, target: Org, *, actor: Actor, now: datetime) -> None:
    """Merge an org into another: what is below and what it owns goes over; its address leads to the other.

    Raises RuleBroken for a circle, the root, an org not at work, or a child whose level or name has no place there.
    """
    _wait_for_the_tree()
    require_above(org, actor)
    access.require(actor, MANAGE, target)
    _must_work(org)
    _must_work(target)
    if target.path.startswith(org.path):
        raise RuleBroken(_("不能并入它自己或它的下级。请先把目标组织移出来。"), field="target")
    children = list(db.session().scalars(select(Org).where(Org.parent_id == org.id).order_by(Org.id)))
    for child in children:
        if child.active:
            _check_hanging(child, target)
    for child in children:
        _hang(child, target, actor=actor, now=now)
    host().call("unionhall_org_merging", source_id=org.id, target_id=target.id, actor=actor, now=now)
    db.session().execute(
        update(Org).where(Org.id == org.id)
        .values(status=OrgStatus.MERGED.value, merged_into_id=target.id, updated_at=now, version=Org.version + 1)
    )
    db.session().expire_all()
    _note(org, "merged", now=now, actor=actor, after={"into": target.name})
    _note(target, "absorbed", now=now, actor=actor, after={"name": org.name})


def close_org(org: Org, *, actor: Actor, now: datetime) -> None:
    """Close an org; its pages and records stay. Raises RuleBroken while orgs below it are at work."""
    _wait_for_the_tree()
    require_above(org, actor)
    _must_work(org)
    if count := queries.at_work_below(org):
        raise RuleBroken(_("“%(name)s”下面还有 %(n)s 个组织在运行。请先移走、合并或关闭它们。", name=org.name, n=count))
    _set_status(org, OrgStatus.CLOSED, now)
    _note(org, "closed", now=now, actor=actor)


def reopen_org(org: Org, *, actor: Actor, now: datetime) -> None:
    """Put a closed org to work again. Raises RuleBroken when it is not closed, or its old place is gone or taken."""
    _wait_for_the_tree()
    require_above(org, actor)
    if org.status != OrgStatus.CLOSED:
        raise RuleBroken(_("只有已关闭的组织可以恢复。"))
    if org.parent:
        _must_work(org.parent)
        _check_name(org.name, org.parent.id, but=org.id)
    _set_status(org, OrgStatus.ACTIVE, now)
    _note(org, "reopened", now=now, actor=actor)


def require_above(org: Org, actor: Actor) -> None:
    """Moving, merging and closing are decided one level up: nobody takes the branch they sit on. Raises NotAllowed."""
    if org.parent is None:
        raise RuleBroken(_("根组织不能移动、合并或关闭。"))
    access.require(actor, MANAGE, org.parent)


def may_hang(kind: str, above: str) -> bool:
    """Say whether an org of one level may stand right below another's; enterprises and associations may anywhere."""
    if OrgKind(kind) not in RANK:
        return True
    return OrgKind(above) in RANK and RANK[OrgKind(kind)] > RANK[OrgKind(above)]


def _wait_for_the_tree() -> None:
    """Let one change of the tree follow the other; everything read before is read again when it is next asked for.

    The lock is the one that lets rows referring to the root be written meanwhile.
    """
    db.session().flush()
    db.session().execute(select(Org.id).where(Org.is_root).with_for_update(key_share=True))
    db.session().expire_all()


def _must_work(org: Org) -> None:
    if not org.active:
        raise RuleBroken(_("“%(name)s”已关闭或已合并，不能再变动。请换一个在运行的组织。", name=org.name), field="target")


def _level_message(parent: Org) -> str:
    if OrgKind(parent.kind) not in RANK:
        return _("企业工会和协会工会下面，只能再建企业工会或协会工会。")
    return _("下级组织的层级要低于上级“%(name)s”。", name=parent.name)


def _check_new_level(org: Org, kind: OrgKind) -> None:
    """Judge a changed level against the org above and the orgs at work right below."""
    if org.parent and not may_hang(kind, org.parent.kind):
        raise RuleBroken(_level_message(org.parent), field="kind")
    for child in queries.children(org):
        if not may_hang(child.kind, kind):
            raise RuleBroken(_("下级“%(name)s”的层级会不低于它。请先移走下级，再改层级。", name=child.name), field="kind")


def _check_hanging(org: Org, parent: Org) -> None:
    """Judge level, depth and name of an org that is to hang below another."""
    if not may_hang(org.kind, parent.kind):
        why = _level_message(parent)
        raise RuleBroken(_("“%(name)s”不能挂在“%(parent)s”下面：%(why)s", name=org.name, parent=parent.name, why=why), field="target")
    _check_depth(parent, queries.height(org))
    _check_name(org.name, parent.id, but=org.id, field="target")


def _check_depth(parent: Org, height: int) -> None:
    if parent.depth + 1 + height > MAX_LEVELS:
        raise RuleBroken(_("组织层级最多 %(n)s 级。", n=MAX_LEVELS), field="target")


def _check_name(name: str, parent_id: int, *, but: int | None = None, field: str = "name") -> None:
    """Two orgs at work under one parent never share a name, however its figures and letters are written."""
    siblings = select(Org.name).where(Org.parent_id == parent_id, Org.id != (but or 0), Org.status == OrgStatus.ACTIVE)
    if fold(name) in {fold(other) for other in db.session().scalars(siblings)}:
        raise RuleBroken(_("同一个上级下面已经有“%(name)s”。", name=tidy(name)), field=field)


def _hang(org: Org, parent: Org, *, actor: Actor, now: datetime) -> None:
    before, path = org.parent.name if org.parent else "", f"{parent.path}{org.id}/"
    _rewrite_paths(org.path, path)
    db.session().execute(update(Org).where(Org.id == org.id).values(parent_id=parent.id, updated_at=now, version=Org.version + 1))
    db.session().expire_all()
    _note(org, "moved", now=now, actor=actor, before={"parent": before}, after={"parent": parent.name})


def _rewrite_paths(old: str, new: str) -> None:
    """Replace the front of every path in a subtree, in one statement."""
    moved = literal(new).concat(func.substr(Org.path, len(old) + 1))
    db.session().execute(
        update(Org).where(access.in_subtree(Org.path, old)).values(path=moved).execution_options(synchronize_session=False)
    )


def _set_status(org: Org, status: OrgStatus, now: datetime) -> None:
    org.status, org.updated_at, org.version = status.value, now, org.version + 1
    db.session().flush()


def _fill(org: Org, fields: OrgFields) -> None:
    if fields.slug and fields.slug != org.slug:
        org.slug = _own_slug(fields.slug, org.id)
    elif not org.slug:
        org.slug = _free_slug(slugify(fields.short_name or fields.name) or "org")
    org.name, org.short_name = tidy(fields.name), tidy(fields.short_name or fields.name)[:40]
    org.kind, org.name_en = fields.kind.value, tidy(fields.name_en)
    org.summary, org.address, org.phone = tidy(fields.summary, one_line=False), tidy(fields.address), tidy(fields.phone)
    org.certificate, org.certificate_until = tidy(fields.certificate), fields.certificate_until
    org.term_ends, org.established_on = fields.term_ends, fields.established_on


def _own_slug(wanted: str, own_id: int | None) -> str:
    """Return the address that somebody chose. Raises RuleBroken when another org has it or had it: links live long."""
    if not SLUG.fullmatch(wanted):
        raise RuleBroken(_("网址只能用小写字母、数字，中间用 - 隔开，例如 dong-jin。"), field="slug")
    holder = queries.holder_of_slug(wanted)
    if holder is not None and holder.id != own_id:
        message = _("网址“%(slug)s”现在或从前是“%(name)s”的。换一个，旧链接才不会指错。", slug=wanted, name=holder.name)
        raise RuleBroken(message, field="slug")
    return wanted


def _free_slug(wanted: str) -> str:
    slug, n = wanted, 1
    while queries.holder_of_slug(slug):
        n += 1
        slug = f"{wanted}-{n}"
    return slug


def _note(
    org: Org, act: str, *, now: datetime, actor: Actor, before: dict[str, str] | None = None, after: dict[str, str] | None = None
) -> None:
    db.session().add(
        OrgChange(org_id=org.id, at=now, act=act, before=before or {}, after=after or {}, actor_id=actor.account_id)
    )
    pagecache.purge(pagecache.SITE)
    search.changed(findable.KIND, org.id, now=now)
    if act in REPLACING:
        search.all_changed(now=now)
    audit.record(f"orgs.{act}", f"org:{org.id}", actor=actor, now=now, org_id=org.id)
