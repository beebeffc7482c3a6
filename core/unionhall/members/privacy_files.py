"""Where else the roster names a person: lines of imports, transfers, free text of the history; exported, and emptied on erasure.

The lines of an import lose the name and what stood there before, so the import can no longer be taken back for this person.
Its files go by themselves (`imports/files.py`) seven days after it ended: a spreadsheet of thousands is not rewritten for one.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, func, or_, select, update

from unionhall.base import db
from unionhall.hooks.people import Kept
from unionhall.members.imports.models import ImportLine, ImportState, Outcome, RosterImport
from unionhall.members.imports.words import OUTCOMES
from unionhall.members.models import Handover, Member, MembershipChange, MemberTransfer
from unionhall.members.roster_labels import HANDOVERS, TRANSFERS
from unionhall.platform.access import unscoped
from unionhall.site.formatting import moment

MOST = 200
WAITING = (ImportState.WAITING, ImportState.RUNNING, ImportState.COLUMNS, ImportState.TRIED)


def transfers(member: Member) -> list[dict[str, Any]]:
    """Return one's transfers, the latest first, in words."""
    wanted = select(MemberTransfer).where(MemberTransfer.member_id == member.id).order_by(MemberTransfer.id.desc()).limit(MOST)
    return [
        {
            _("提出"): moment(row.asked_at), _("从"): row.from_org.name, _("到"): row.to_org.name,
            _("情形"): str(HANDOVERS[Handover(row.kind)][0]), _("原因"): row.reason,
            _("状态"): str(TRANSFERS[row.state][0]), _("回复"): row.answer,
            _("生效"): row.effective_on.isoformat() if row.effective_on else "",
        }
        for row in db.session().scalars(unscoped(wanted, why="oneself"))
    ]  # fmt: skip


def lines(member: Member) -> list[dict[str, Any]]:
    """Return the lines of imports that brought or changed this member, the latest first, in words."""
    wanted = (
        select(ImportLine, RosterImport.file_name, RosterImport.created_at).join(RosterImport, RosterImport.id == ImportLine.import_id)
        .where(ImportLine.member_id == member.id).order_by(ImportLine.id.desc()).limit(MOST)
    )  # fmt: skip
    rows = db.session().execute(unscoped(wanted, why="oneself"))
    return [
        {_("时间"): moment(at), _("文件"): name, _("行"): line.line, _("结果"): str(OUTCOMES[Outcome(line.outcome)]), _("姓名"): line.name}
        for line, name, at in rows
    ]


def erase(member: Member, now: datetime) -> Iterable[Kept]:
    """Empty what names the person, before the roster's own row does; returns what stays: files that may hold a line, until they go."""
    named = and_(ImportLine.member_id.is_(None), ImportLine.name == member.name, ImportLine.import_id.in_(_of_their_unions(member)))
    theirs = or_(ImportLine.member_id == member.id, named)
    _run(update(ImportLine).where(theirs).values(name="", detail="", before={}))
    own = MemberTransfer.member_id == member.id
    asked = own & (MemberTransfer.state == "asked") & (MemberTransfer.asked_by == member.account_id)
    _run(update(MemberTransfer).where(asked).values(state="withdrawn", decided_at=now))
    _run(update(MemberTransfer).where(own).values(reason="", answer=""))
    _run(update(MembershipChange).where(MembershipChange.member_id == member.id).values(reason=""))
    filed = select(func.max(RosterImport.expires_at), func.count()).where(_filed(member))
    there = or_(RosterImport.expires_at > now, RosterImport.state.in_(WAITING))
    until, files = db.session().execute(unscoped(filed.where(there), why="oneself")).one()
    if not files:
        return []
    rule = _("《个人信息保护法》第四十七条：从整份文件里单独删除一行在技术上难以实现；文件只有办导入的人能打开，到期整份删除。")
    return [Kept(_("单位上传的名册文件里可能有你的一行"), rule, until)]


def _of_their_unions(member: Member) -> Any:
    return select(RosterImport.id).where(_filed(member))


def _filed(member: Member) -> ColumnElement[bool]:
    """Say of which imports the files may name the member: those for one of their unions or an org above it."""
    chains = {int(part) for place in member.memberships for part in place.org.path.strip("/").split("/")}
    return RosterImport.org_id.in_(sorted(chains))


def _run(statement: Any) -> None:
    db.update_count(statement.execution_options(synchronize_session=False))
