"""What people do with exports: ask for one, cancel it, collect it; each judged at the org it is about."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import func, select, update

from unionhall.base import db
from unionhall.base.crypto import seal, unseal
from unionhall.base.errors import Conflict, NotAllowed, NotFound, RuleBroken
from unionhall.base.text import tidy
from unionhall.exports import files, sources, writing
from unionhall.exports.models import UNDER_WAY, Export, ExportState
from unionhall.hooks.reporting import ExportSource
from unionhall.hooks.types import Actor
from unionhall.orgs.models import Org
from unionhall.platform import access, audit

AT_ONCE, MOST_WAITING, SHORTEST = 2000, 3, 4
SEAL = "exports.filters"
FORMATS = ("xlsx", "csv")
LONG_NUMBER = re.compile(r"\d{7,}")


def ask(
    source: ExportSource, org: Org, filters: Mapping[str, str], *, form: str, purpose: str, full: bool, actor: Actor, now: datetime
) -> Export:
    """Note an export; a short list is written here and now, a long one waits for the worker.

    Raises NotAllowed without the source's permission, RuleBroken for what is missing.
    """
    sources.require(source, org, actor)
    if full and not sources.may_have_full(source, org, actor):
        raise NotAllowed(_("这样导出需要“导出完整的手机号和证件号”的权限，请找本级组织管理员。"))
    export = Export(
        org_id=org.id, source=source.name, label=str(source.label)[:120], format=_form(form), full=full, personal=source.personal,
        purpose=_purpose(purpose), token=secrets.token_hex(16), created_by=actor.account_id or 0, created_at=now,
        filters_sealed=seal(SEAL, json.dumps(dict(filters))),
    )  # fmt: skip
    number, _first = sources.look(source, org, actor, filters, AT_ONCE)
    if number > AT_ONCE:
        _room(actor)
    db.session().add(export)
    db.session().flush()
    audit.record(
        "exports.asked", _obj(export), actor=actor, now=now, org_id=org.id, source=source.name, format=form, full=full,
        filters=sorted(filters), purpose=export.purpose,
    )  # fmt: skip
    if number <= AT_ONCE:
        _write(export, source, filters, actor=actor, now=now)
    return export


def _form(form: str) -> str:
    if form not in FORMATS:
        raise RuleBroken(_("请选择文件格式。"), field="format")
    return form


def _purpose(text: str) -> str:
    words = tidy(text)[:200]
    if len(words) < SHORTEST:
        raise RuleBroken(_("请写明导出做什么用，至少 %(n)s 个字，会记录在案。", n=SHORTEST), field="purpose")
    if LONG_NUMBER.search(words):
        raise RuleBroken(_("用途会长期留在操作记录里，请不要写手机号、证件号这样的长号码。"), field="purpose")
    return words


def _room(actor: Actor) -> None:
    mine = select(func.count(Export.id)).where(Export.created_by == actor.account_id, Export.state.in_(UNDER_WAY))
    if (db.session().scalar(access.unscoped(mine, why="limit")) or 0) >= MOST_WAITING:
        raise RuleBroken(_("你已有 %(n)s 份表格正在生成。请等它们完成，或者先取消。", n=MOST_WAITING))


def _write(export: Export, source: ExportSource, filters: Mapping[str, str], *, actor: Actor, now: datetime) -> None:
    """Write a short list in this very unit of work."""
    sheet = writing.Sheet.of(export, source.header(filters), now)
    rows = sources.rows(source, export.org, actor, filters, full=export.full)
    number, size, part = sheet.write(rows, "now", lambda _number: None)
    part.replace(files.path(export.token, export.format))
    export.state, export.rows, export.bytes, export.filters_sealed = ExportState.DONE.value, number, size, ""
    export.finished_at, export.expires_at = now, now + files.KEPT
    written(export.id, export.org_id, source.name, number, actor=actor, now=now)


def written(export_id: int, org_id: int, source: str, number: int, *, actor: Actor, now: datetime) -> None:
    """Note in the audit trail how many rows were written."""
    audit.record("exports.written", f"export:{export_id}", actor=actor, now=now, org_id=org_id, source=source, count=number)


def filters_of(export: Export) -> dict[str, str]:
    """Return what a list that is still to be written is narrowed to."""
    found: dict[str, str] = json.loads(unseal(SEAL, export.filters_sealed)) if export.filters_sealed else {}
    return found


def cancel(export: Export, *, actor: Actor, now: datetime) -> None:
    """Stop an export that is not written yet. Raises NotFound for anybody's but one's own, Conflict when it is over."""
    _own(export, actor)
    over = {"state": ExportState.CANCELLED.value, "finished_at": now, "expires_at": now, "lease": "", "leased_until": None}
    same = update(Export).where(Export.id == export.id, Export.state.in_(UNDER_WAY)).values(**over, filters_sealed="")
    if db.update_count(same.execution_options(synchronize_session=False)) != 1:
        raise Conflict(_("它刚刚有了变化，请刷新后再看。"))
    db.session().refresh(export)
    audit.record("exports.cancelled", _obj(export), actor=actor, now=now, org_id=export.org_id)
    token = export.token
    db.after_commit(lambda: files.remove(token))


def collect(export: Export, *, actor: Actor, now: datetime) -> None:
    """Note that the one who asked takes the file. Raises NotFound for anybody else, NotAllowed when the right to it ended."""
    _own(export, actor)
    source = sources.named(export.source)
    sources.require(source, export.org, actor)
    if export.full and not sources.may_have_full(source, export.org, actor):
        raise NotAllowed(_("你已经没有“导出完整的手机号和证件号”的权限，不能再下载。"))
    if export.state != ExportState.DONE:
        raise NotFound()
    if export.expires_at is None or export.expires_at <= now:
        raise RuleBroken(_("文件已经过期删除了。请重新导出。"))
    if export.collected_at is None:
        export.collected_at = now
    audit.record("exports.collected", _obj(export), actor=actor, now=now, org_id=export.org_id)


def hand_over(source_id: int, target_id: int) -> None:
    """Give an org's exports to the one it is merged into."""
    db.session().execute(update(Export).where(Export.org_id == source_id).values(org_id=target_id))


def _own(export: Export, actor: Actor) -> None:
    if export.created_by != actor.account_id:
        raise NotFound()


def _obj(export: Export) -> str:
    return f"export:{export.id}"
