"""What people do with transfers: ask for one, let a tried import happen, cancel; each judged at the org it is about."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, func, select, update

from unionhall.base import db
from unionhall.base.errors import Conflict, NotFound, RuleBroken
from unionhall.base.text import tidy
from unionhall.hooks.types import Actor
from unionhall.news import rights
from unionhall.news.models import Section
from unionhall.news.transfers import files
from unionhall.news.transfers.models import UNDER_WAY, Transfer, TransferLine, TransferState
from unionhall.orgs.models import Org
from unionhall.platform import access, audit

MOST_AT_ONCE = 3
FORMATS = ("wxr", "markdown", "jsonl")
UNFINISHED = (*UNDER_WAY, TransferState.TRIED)


def new_token() -> str:
    """Return the name of a new transfer's folder."""
    return secrets.token_hex(16)


def ask_import(
    org: Org, section: Section, form: str, *, token: str, file_name: str, media_name: str = "", size: int, actor: Actor, now: datetime
) -> Transfer:
    """Note an import whose files are kept; it is only tried at first. Raises NotAllowed, RuleBroken."""
    access.require(actor, rights.TRANSFER, org)
    if not org.active:
        raise RuleBroken(_("“%(name)s”已关闭或已合并，不能再写稿。", name=org.name), field="org_id")
    if not section.open:
        raise RuleBroken(_("栏目“%(name)s”已停用，不再收稿。请换一个栏目。", name=section.name), field="section_id")
    if form not in FORMATS:
        raise RuleBroken(_("请选择文件是哪一种。"), field="format")
    return _note(
        org, "import", form, actor=actor, now=now, trial=True, section_id=section.id, token=token, bytes=size,
        file_name=tidy(file_name)[:200], media_name=tidy(media_name)[:200],
    )  # fmt: skip


def ask_export(org: Org, form: str, *, purpose: str, options: dict[str, Any], actor: Actor, now: datetime) -> Transfer:
    """Note an export of what an org and those below it wrote; `purpose` says what for. Raises NotAllowed, RuleBroken."""
    access.require(actor, rights.TRANSFER, org)
    if not (words := tidy(purpose)):
        raise RuleBroken(_("请写明导出做什么用，会记录在案。"), field="purpose")
    if form not in {"wxr", "jsonl"}:
        raise RuleBroken(_("请选择导出成哪一种文件。"), field="format")
    return _note(org, "export", form, actor=actor, now=now, purpose=words[:200], options=options, token=new_token())


def _note(org: Org, kind: str, form: str, *, actor: Actor, now: datetime, **values: Any) -> Transfer:
    mine = select(func.count(Transfer.id)).where(Transfer.created_by == actor.account_id, Transfer.state.in_(UNDER_WAY))
    if (db.session().scalar(access.unscoped(mine, why="limit")) or 0) >= MOST_AT_ONCE:
        raise RuleBroken(_("你已有 %(n)s 个导入或导出在进行。请等它们完成，或者先取消。", n=MOST_AT_ONCE))
    transfer = Transfer(org_id=org.id, kind=kind, format=form, created_by=actor.account_id or 0, created_at=now, **values)
    db.session().add(transfer)
    db.session().flush()
    audit.record(f"news.{kind}_asked", f"transfer:{transfer.id}", actor=actor, now=now, org_id=org.id, format=form)
    return transfer


def apply(transfer: Transfer, *, actor: Actor, now: datetime) -> None:
    """Let an import that was tried, or that failed, happen from the same upload. Raises Conflict, NotAllowed, RuleBroken."""
    access.require(actor, rights.TRANSFER, transfer.org)
    if transfer.expires_at is not None and transfer.expires_at <= now:
        raise RuleBroken(_("上传的文件已经过期删除了。请重新上传。"))
    fresh = {"done": 0, "total": 0, "created": 0, "updated": 0, "skipped": 0, "problems": 0, "others": {}, "tries": 0, "error": ""}
    trial = transfer.trial and transfer.state == TransferState.FAILED
    _move(transfer, (TransferState.TRIED, TransferState.FAILED), state=TransferState.WAITING, trial=trial, finished_at=None,
          started_at=None, expires_at=None, **fresh)  # fmt: skip
    db.session().execute(delete(TransferLine).where(TransferLine.transfer_id == transfer.id))
    audit.record(f"news.{transfer.kind}_confirmed", f"transfer:{transfer.id}", actor=actor, now=now, org_id=transfer.org_id)


def cancel(transfer: Transfer, *, actor: Actor, now: datetime) -> None:
    """Stop a transfer; what an import has brought in by now stays. Raises Conflict when it is over, NotAllowed."""
    access.require(actor, rights.TRANSFER, transfer.org)
    _move(transfer, UNFINISHED, state=TransferState.CANCELLED, finished_at=now, expires_at=now, lease="", leased_until=None)
    audit.record(f"news.{transfer.kind}_cancelled", f"transfer:{transfer.id}", actor=actor, now=now, org_id=transfer.org_id)
    token = transfer.token
    db.after_commit(lambda: files.remove(token))


def collect(transfer: Transfer, *, actor: Actor, now: datetime) -> None:
    """Note that the one who asked for an export takes it. Raises NotFound for anybody else, RuleBroken when it is gone."""
    access.require(actor, rights.TRANSFER, transfer.org)
    if transfer.kind != "export" or transfer.created_by != actor.account_id or transfer.state != TransferState.DONE:
        raise NotFound()
    if transfer.expires_at is None or transfer.expires_at <= now:
        raise RuleBroken(_("文件已经过期删除了。请重新导出。"))
    audit.record("news.export_collected", f"transfer:{transfer.id}", actor=actor, now=now, org_id=transfer.org_id)


def hand_over(source_id: int, target_id: int) -> None:
    """Give an org's transfers to the one it is merged into."""
    db.session().execute(update(Transfer).where(Transfer.org_id == source_id).values(org_id=target_id))


def waiting_days(transfer: Transfer, now: datetime) -> int:
    """Return for how many more days the files are kept, rounded up."""
    left = (transfer.expires_at or now) - now
    return max(0, -(-left // timedelta(days=1)))


def _move(transfer: Transfer, sources: tuple[TransferState, ...], **values: Any) -> None:
    """Change a transfer that stands in one of these states. Raises Conflict when it moved on meanwhile."""
    same = update(Transfer).where(Transfer.id == transfer.id, Transfer.state.in_([state.value for state in sources]))
    changed = same.values(**{name: getattr(value, "value", value) for name, value in values.items()})
    if db.update_count(changed.execution_options(synchronize_session=False)) != 1:
        raise Conflict(_("它刚刚有了变化，请刷新后再看。"))
    db.session().refresh(transfer)
