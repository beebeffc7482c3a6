"""Folders, one level of them in each org: made when they are first named, renamed, removed without what lies in them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import Update, delete, select, update

from unionhall.base import db
from unionhall.base.errors import RuleBroken
from unionhall.base.text import tidy
from unionhall.hooks.types import Actor
from unionhall.media import rights
from unionhall.media.models import Asset, Folder
from unionhall.orgs.models import Org
from unionhall.platform import access, audit

LONGEST = 40


def named(org_id: int, name: str, *, now: datetime) -> Folder | None:
    """Return the org's folder of that name, made if need be; None for no name. Raises RuleBroken for a name too long."""
    wanted = _tidy_name(name)
    if not wanted:
        return None
    found = _by_name(org_id, wanted)
    if found is not None:
        return found
    try:
        with db.session().begin_nested():
            folder = Folder(org_id=org_id, name=wanted, created_at=now)
            db.session().add(folder)
        return folder
    except db.IntegrityError:  # made by somebody else in this very moment
        return _by_name(org_id, wanted)


def move(assets: Iterable[Asset], name: str, *, actor: Actor, now: datetime) -> int:
    """Put assets into the folder of that name of their own org, or out of any; returns how many moved. Raises NotAllowed."""
    moved = 0
    for asset in assets:
        rights.require_change(actor, asset)
        folder = named(asset.org_id, name, now=now)
        if asset.folder_id == (folder.id if folder else None):
            continue
        put = update(Asset).where(Asset.id == asset.id).values(folder_id=folder.id if folder else None, edits=Asset.edits + 1)
        db.session().execute(put.execution_options(synchronize_session=False))
        db.session().expire(asset)
        audit.record("media.moved", f"asset:{asset.id}", actor=actor, now=now, org_id=asset.org_id)
        moved += 1
    return moved


def rename(folder: Folder, name: str, *, org: Org, actor: Actor, now: datetime) -> None:
    """Give a folder another name. Raises NotAllowed, RuleBroken for none, one too long, or one that is taken."""
    access.require(actor, rights.MANAGE, org)
    wanted = _tidy_name(name)
    if not wanted:
        raise RuleBroken(_("给文件夹起个名字。"), field="name")
    try:
        with db.session().begin_nested():
            folder.name = wanted
    except db.IntegrityError as error:
        raise RuleBroken(_("已经有叫“%(name)s”的文件夹了。", name=wanted), field="name") from error
    audit.record("media.folder_renamed", f"folder:{folder.id}", actor=actor, now=now, org_id=org.id)


def remove(folder: Folder, *, org: Org, actor: Actor, now: datetime) -> None:
    """Remove a folder; what lay in it stays in the library. Raises NotAllowed."""
    access.require(actor, rights.MANAGE, org)
    number = folder.id
    db.session().execute(_in(number).values(folder_id=None))
    db.session().execute(delete(Folder).where(Folder.id == number))
    audit.record("media.folder_removed", f"folder:{number}", actor=actor, now=now, org_id=org.id)


def hand_over(source_id: int, target_id: int, *, now: datetime) -> None:
    """Give an org's assets to the one it is merged into; folders of one name become one."""
    mine = select(Folder).where(Folder.org_id == source_id).order_by(Folder.id)
    for folder in list(db.session().scalars(access.unscoped(mine, why="merging"))):
        target = named(target_id, folder.name, now=now)
        db.session().execute(_in(folder.id).values(org_id=target_id, folder_id=target.id if target else None))
        db.session().execute(delete(Folder).where(Folder.id == folder.id))
    rest = update(Asset).where(Asset.org_id == source_id).values(org_id=target_id)
    db.session().execute(rest.execution_options(synchronize_session=False))
    db.session().expire_all()


def _in(folder_id: int) -> Update:
    return update(Asset).where(Asset.folder_id == folder_id).execution_options(synchronize_session=False)


def _by_name(org_id: int, name: str) -> Folder | None:
    wanted = select(Folder).where(Folder.org_id == org_id, Folder.name == name)
    return db.session().scalar(access.unscoped(wanted, why="the asset's org"))


def _tidy_name(name: str) -> str:
    wanted = tidy(name)
    if len(wanted) > LONGEST:
        raise RuleBroken(_("文件夹的名字最多 %(n)s 个字，现在是 %(m)s 个。", n=LONGEST, m=len(wanted)), field="name")
    return wanted
