"""What people do with imports: ask for one, say which column is which, let it happen, cancel it, take it back."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select, update

from unionhall.base import db
from unionhall.base.errors import Conflict, NotFound, RuleBroken
from unionhall.base.text import tidy
from unionhall.hooks.types import Actor
from unionhall.members.imports import columns, files
from unionhall.members.imports.models import UNDER_WAY, ImportState, RosterImport
from unionhall.members.rights import IMPORT
from unionhall.orgs.models import Org
from unionhall.platform import access, audit

MOST_AT_ONCE = 3
_FRESH = {"error": "", "tries": 0, "finished_at": None, "started_at": None, "expires_at": None}
W, R, C, T, D, U, F, X = ImportState


def new_token() -> str:
    """Return the name of a new import's folder."""
    return secrets.token_hex(16)


def ask(org: Org, *, token: str, file_name: str, actor: Actor, now: datetime) -> RosterImport:
    """Note an import whose file is kept; it is only tried at first. Raises NotAllowed, RuleBroken."""
    access.require(actor, IMPORT, org)
    if not org.active:
        raise RuleBroken(_("“%(name)s”已关闭或已合并，不能再接收会员。", name=org.name), field="org_id")
    mine = select(func.count(RosterImport.id)).where(RosterImport.created_by == actor.account_id, RosterImport.state.in_(UNDER_WAY))
    if actor.known and (db.session().scalar(access.unscoped(mine, why="limit")) or 0) >= MOST_AT_ONCE:
        raise RuleBroken(_("你已有 %(n)s 个导入在进行。请等它们完成，或者先取消。", n=MOST_AT_ONCE))
    found = RosterImport(org_id=org.id, token=token, file_name=tidy(file_name)[:200], created_by=actor.account_id, created_at=now)
    db.session().add(found)
    db.session().flush()
    audit.record("members.import_asked", f"roster-import:{found.id}", actor=actor, now=now, org_id=org.id)
    return found


def map_columns(found: RosterImport, mapping: Mapping[str, int], *, actor: Actor, now: datetime) -> None:
    """Say which column is which, and have the file tried again. Raises RuleBroken without name and number, Conflict, NotAllowed."""
    access.require(actor, IMPORT, found.org)
    chosen = {name: column for name, column in mapping.items() if name in columns.LABELS and 0 <= column < len(found.headings)}
    if not columns.complete(chosen):
        raise RuleBroken(_("请指出哪一列是姓名，哪一列是证件号码。"))
    if len(set(chosen.values())) < len(chosen):
        raise RuleBroken(_("同一列只能对应一项。"))
    _alive(found, now)
    _move(found, (C, T, F), state=W, step="try", mapping=chosen, counts={}, **_FRESH)
    audit.record("members.import_mapped", f"roster-import:{found.id}", actor=actor, now=now, org_id=found.org_id)


def apply(found: RosterImport, *, actor: Actor, now: datetime) -> None:
    """Let an import that was tried happen. Raises Conflict, NotAllowed, RuleBroken when its file is gone or brings nothing."""
    access.require(actor, IMPORT, found.org)
    _alive(found, now)
    if found.state == T and not found.count("new", "update"):
        raise RuleBroken(_("没有要新增或更新的会员，不用导入。"))
    step = "try" if found.state == F and found.step == "try" else "apply"
    _move(found, (T,) if found.state != F else (F,), state=W, step=step, **_FRESH)
    audit.record("members.import_confirmed", f"roster-import:{found.id}", actor=actor, now=now, org_id=found.org_id)


def cancel(found: RosterImport, *, actor: Actor, now: datetime) -> bool:
    """Cancel an import; True when that is done, False when a worker was asked to leave it. Raises Conflict when it is over, NotAllowed."""
    access.require(actor, IMPORT, found.org)
    token = found.token
    audit.record("members.import_cancelled", f"roster-import:{found.id}", actor=actor, now=now, org_id=found.org_id)
    if found.state == R:
        db.after_commit(lambda: files.ask_to_stop(token))
        return False
    _move(found, (W, C, T, F), state=X, finished_at=now, expires_at=now, lease="", leased_until=None)
    db.after_commit(lambda: files.remove(token))
    return True


def undo(found: RosterImport, *, actor: Actor, now: datetime) -> None:
    """Take an import back, within a day. Raises Conflict, NotAllowed, RuleBroken when the day is over."""
    access.require(actor, IMPORT, found.org)
    if found.applied_at is None or now >= found.applied_at + files.UNDO:
        raise RuleBroken(_("导入后 24 小时内可以撤销，现在已经过了。"))
    _move(found, (D,), state=W, step="undo", tries=0, finished_at=None)
    audit.record("members.import_undo_asked", f"roster-import:{found.id}", actor=actor, now=now, org_id=found.org_id)


def collect_bad(found: RosterImport, *, actor: Actor, now: datetime) -> None:
    """Note that the one who sent the file takes its bad lines. Raises NotFound for anybody else, or when they are gone."""
    access.require(actor, IMPORT, found.org)
    if found.created_by != actor.account_id or not (files.folder(found.token) / files.BAD).is_file():
        raise NotFound(_("文件不在了，或者不是你上传的。"))
    audit.record("members.import_bad_lines", f"roster-import:{found.id}", actor=actor, now=now, org_id=found.org_id)


def _alive(found: RosterImport, now: datetime) -> None:
    if found.expires_at is not None and found.expires_at <= now:
        raise RuleBroken(_("上传的文件已经过期删除了。请重新上传。"))


def _move(found: RosterImport, sources: tuple[ImportState, ...], **values: Any) -> None:
    """Change an import that stands in one of these states. Raises Conflict when it moved on meanwhile."""
    same = update(RosterImport).where(RosterImport.id == found.id, RosterImport.state.in_([state.value for state in sources]))
    changed = same.values(**{name: getattr(value, "value", value) for name, value in values.items()})
    if db.update_count(changed.execution_options(synchronize_session=False)) != 1:
        raise Conflict(_("它刚刚有了变化，请刷新后再看。"))
    db.session().refresh(found)
