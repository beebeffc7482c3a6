"""The rules of the tree: found, rename, move, merge and close orgs. Tree changes are serialised on the root's row."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import func, literal, select, update

from unionhall.base import db
from unionhall.base.errors import Conflict, NotFound, RuleBroken
from unionhall.base.text import slugify, tidy
from unionhall.host.registry import host
from unionhall.orgs.models import Org, OrgChange, OrgKind, OrgStatus
from unionhall.platform import access, audit
from unionhall.platform.access import Actor

MANAGE = "orgs.manage"
RANK = {OrgKind.PROVINCE: 0, OrgKind.CITY: 1, OrgKind.DISTRICT: 2, OrgKind.STREET: 3}
MAX_DEPTH = 12


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
    extra: dict[str, str] = field(default_factory=dict)


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
    """Found an org below `parent`. Raises NotAllowed; RuleBroken for a level or name that cannot be."""
    access.require(actor, MANAGE, parent)
    _lock_tree()
    _must_work(parent)
    _check_level(fields.kind, parent)
    if parent.depth + 1 > MAX_DEPTH:
        raise RuleBroken(_("组织层级最多 %(n)s 级。", n=MAX_DEPTH), field="parent")
    _check_name(fields.name, parent.id, None)
    org = Org(parent_id=parent.id, path="?" + slugify(fields.name) + str(now.timestamp()), created_at=now, updated_at=now)
    _fill(org, fields)
    db.session().add(org)
    db.session().flush()
    org.path = f"{parent.path}{org.id}/"
    _note(org, "founded", now=now, actor=actor, after={"name": org.name, "parent": parent.name})
    return org


def rename_org(org: Org, fields: OrgFields, *, version: int, actor: Actor, now: datetime) -> None:
    """Change what is said of an org. Raises Conflict when somebody saved after the form was opened."""
    access.require(actor, MANAGE, org)
    if fields.kind != org.kind and org.parent:
        _check_level(fields.kind, org.parent)
    if org.parent_id:
        _check_name(fields.name, org.parent_id, org.id)
    bumped = update(Org).where(Org.id == org.id, Org.version == version).values(version=version + 1, updated_at=now)
    if db.update_count(bumped) != 1:
        raise Conflict(_("你打开这一页之后，有人改过“%(name)s”。下面是你填写的内容，请对照最新资料再保存一次。", name=org.name))
    before = {"name": org.name}
    _fill(org, fields)
    db.session().flush()
    _note(org, "renamed" if before["name"] != org.name else "updated", now=now, actor=actor, before=before, after={"name": org.name})


def move_org(org: Org, parent: Org, *, actor: Actor, now: datetime) -> None:
    """Hang an org, with all below it, under another parent. Raises RuleBroken for a circle, a wrong level, the root."""
    access.require(actor, MANAGE, parent)
    _require_above(org, actor)
    _lock_tree()
    db.session().refresh(org)
    db.session().refresh(parent)
    _must_work(parent)
    if parent.path.startswith(org.path):
        raise RuleBroken(_("不能把“%(name)s”移到它自己或它的下级之下。", name=org.name), field="parent")
    _check_level(OrgKind(org.kind), parent)
    _check_name(org.name, parent.id, org.id)
    before = {"parent": org.parent.name if org.parent else ""}
    _rewrite_paths(org.path, f"{parent.path}{org.id}/")
    db.session().execute(update(Org).where(Org.id == org.id).values(parent_id=parent.id, updated_at=now))
    db.session().refresh(org)
    _note(org, "moved", now=now, actor=actor, before=before, after={"parent": parent.name})


def merge_org(org: Org, target: Org, *, actor: Actor, now: datetime) -> None:
    """Merge an org into another: what is below and what it owns goes over; its address leads to the other."""
    _require_above(org, actor)
    access.require(actor, MANAGE, target)
    _lock_tree()
    db.session().refresh(org)
    db.session().refresh(target)
    _must_work(org)
    _must_work(target)
    if target.path.startswith(org.path):
        raise RuleBroken(_("不能并入它自己或它的下级。请先把目标组织移出来。"), field="target")
    for child in db.session().scalars(select(Org).where(Org.parent_id == org.id)):
        _rewrite_paths(child.path, f"{target.path}{child.id}/")
        db.session().execute(update(Org).where(Org.id == child.id).values(parent_id=target.id, updated_at=now))
    host().call("unionhall_org_merging", source_id=org.id, target_id=target.id, actor=actor, now=now)
    db.session().execute(
        update(Org).where(Org.id == org.id)
        .values(status=OrgStatus.MERGED.value, merged_into_id=target.id, updated_at=now, version=Org.version + 1)
    )
    db.session().expire_all()
    _note(org, "merged", now=now, actor=actor, after={"into": target.name})


def close_org(org: Org, *, actor: Actor, now: datetime) -> None:
    """Close an org; its pages and records stay. Raises RuleBroken while orgs below it are at work."""
    _require_above(org, actor)
    _lock_tree()
    db.session().refresh(org)
    _must_work(org)
    below = select(func.count()).where(access.in_subtree(Org.path, org.path), Org.id != org.id, Org.status == OrgStatus.ACTIVE)
    if count := db.session().scalar(below):
        raise RuleBroken(_("“%(name)s”下面还有 %(n)s 个组织在运行。请先移走、合并或关闭它们。", name=org.name, n=count))
    db.session().execute(
        update(Org).where(Org.id == org.id).values(status=OrgStatus.CLOSED.value, updated_at=now, version=Org.version + 1)
    )
    db.session().refresh(org)
    _note(org, "closed", now=now, actor=actor)


def reopen_org(org: Org, *, actor: Actor, now: datetime) -> None:
    """Put a closed org to work again. Raises RuleBroken when it is not closed or its parent is not at work."""
    _require_above(org, actor)
    _lock_tree()
    db.session().refresh(org)
    if org.status != OrgStatus.CLOSED:
        raise RuleBroken(_("只有已关闭的组织可以恢复。"))
    if org.parent:
        _must_work(org.parent)
    db.session().execute(update(Org).where(Org.id == org.id).values(status=OrgStatus.ACTIVE.value, updated_at=now))
    db.session().refresh(org)
    _note(org, "reopened", now=now, actor=actor)


def _require_above(org: Org, actor: Actor) -> None:
    """Moving, merging and closing are decided one level up: nobody takes the branch they sit on."""
    if org.is_root:
        raise RuleBroken(_("根组织不能移动、合并或关闭。"))
    parent = db.session().get(Org, org.parent_id)
    if parent is None:
        raise NotFound()
    access.require(actor, MANAGE, parent)


def _lock_tree() -> None:
    db.session().execute(select(Org.id).where(Org.is_root).with_for_update())


def _must_work(org: Org) -> None:
    if not org.active:
        raise RuleBroken(_("“%(name)s”已关闭或已合并，不能再挂接。请换一个在运行的组织。", name=org.name), field="parent")


def _check_level(kind: OrgKind, parent: Org) -> None:
    above = RANK.get(OrgKind(parent.kind))
    if above is None and kind in RANK:
        raise RuleBroken(_("企业工会和协会工会下面，只能再建企业工会或协会工会。"), field="kind")
    if above is not None and kind in RANK and RANK[kind] <= above:
        raise RuleBroken(_("下级组织的层级要低于上级“%(name)s”。", name=parent.name), field="kind")


def _check_name(name: str, parent_id: int, own_id: int | None) -> None:
    twin = select(Org.id).where(
        Org.parent_id == parent_id, Org.name == tidy(name), Org.id != (own_id or 0), Org.status == OrgStatus.ACTIVE
    )
    if db.session().scalar(twin):
        raise RuleBroken(_("同一个上级下面已经有“%(name)s”。", name=tidy(name)), field="name")


def _fill(org: Org, fields: OrgFields) -> None:
    org.name, org.short_name = tidy(fields.name), tidy(fields.short_name or fields.name)[:40]
    org.kind, org.name_en = fields.kind.value, tidy(fields.name_en)
    org.summary, org.address, org.phone = fields.summary.strip(), tidy(fields.address), tidy(fields.phone)
    org.certificate, org.certificate_until = tidy(fields.certificate), fields.certificate_until
    org.term_ends, org.established_on = fields.term_ends, fields.established_on
    if not org.slug or fields.slug:
        org.slug = _free_slug(fields.slug or slugify(fields.short_name or fields.name) or "org", org.id)


def _free_slug(wanted: str, own_id: int | None) -> str:
    slug, n = wanted, 1
    with db.session().no_autoflush:
        while db.session().scalar(select(Org.id).where(Org.slug == slug, Org.id != (own_id or 0))):
            n += 1
            slug = f"{wanted}-{n}"
    return slug


def _rewrite_paths(old: str, new: str) -> None:
    """Replace the front of every path in a subtree, in one statement."""
    moved = literal(new).concat(func.substr(Org.path, len(old) + 1))
    db.session().execute(
        update(Org).where(access.in_subtree(Org.path, old)).values(path=moved).execution_options(synchronize_session=False)
    )
    db.session().expire_all()


def _note(
    org: Org, act: str, *, now: datetime, actor: Actor, before: dict[str, str] | None = None, after: dict[str, str] | None = None
) -> None:
    db.session().add(
        OrgChange(org_id=org.id, at=now, act=act, before=before or {}, after=after or {}, actor_id=actor.account_id)
    )
    audit.record(f"orgs.{act}", f"org:{org.id}", actor=actor, now=now, org_id=org.id)
