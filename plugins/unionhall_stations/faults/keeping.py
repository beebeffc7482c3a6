"""What reports of faults hold about people, their photos, and what goes over when orgs are merged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from unionhall.plugin import Kept, Person, PersonalData, clock, remove_files, session, unscoped
from unionhall_stations.faults import labels
from unionhall_stations.faults.models import Fault

QUIET, GONE = {"synchronize_session": False}, _l("（已删除）")


def export(person: Person) -> Mapping[str, Any]:
    """Return what a person reported, and the answers."""
    told = [
        {
            _("驿站"): row.station.name, _("报修的地方"): labels.what(row), _("时间"): clock.local(row.created_at).isoformat(),
            _("说明"): row.text, _("照片"): row.photo_name, _("状态"): str(labels.STATES[row.state][0]), _("回复"): row.reply,
        }
        for row in _of(person)
    ]  # fmt: skip
    return {_("驿站报修"): told} if told else {}


def erase(person: Person, now: datetime) -> Iterable[Kept]:
    """Forget who reported, with words and photos; that something is broken stays until it is mended. Forget who answered."""
    rows = _of(person)
    remove_files([row.photo_file for row in rows if row.photo_file], now=now)
    for row in rows:
        row.member_id, row.open_key, row.text = None, None, str(GONE)
        row.photo_file, row.photo_mime, row.photo_name = None, "", ""
    session().flush()
    if person.account_id is not None:
        mine = update(Fault).where(Fault.handled_by == person.account_id).values(handled_by=None)
        session().execute(mine.execution_options(**QUIET))
        session().expire_all()
    return [Kept(_l("驿站哪项服务报修过、什么时候修好，不含姓名和说明"), _l("驿站的维修要能核对，已认不出是谁报的"))] if rows else []


def stored_files() -> Iterable[str]:
    """Yield the names of the photos."""
    wanted = select(Fault.photo_file).where(Fault.photo_file.is_not(None)).execution_options(yield_per=500)
    for name in session().scalars(unscoped(wanted, why="files")):
        yield name or ""


def hand_over(source_id: int, target_id: int) -> None:
    """Give the reports of an org to the one that it is merged into."""
    session().execute(update(Fault).where(Fault.org_id == source_id).values(org_id=target_id).execution_options(**QUIET))
    session().expire_all()


def _of(person: Person) -> list[Fault]:
    if person.member_id is None:
        return []
    wanted = select(Fault).where(Fault.member_id == person.member_id).order_by(Fault.id)
    return list(session().scalars(unscoped(wanted, why="oneself")))


PERSONAL = PersonalData("stations.faults", _l("驿站报修"), export, erase)
