"""Names leave the page some time after the end; what a person objected to is theirs to see and to have erased."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import update

from unionhall.base import clock, db, workdays
from unionhall.hooks.people import Kept, Person, PersonalData
from unionhall.hooks.types import SYSTEM
from unionhall.platform import audit
from unionhall.platform.pagecache import purge
from unionhall.publicity import labels, queries
from unionhall.publicity.kinds import kinds
from unionhall.publicity.models import Objection, Outcome, PublicNotice
from unionhall.publicity.services import LIST, tag

log = structlog.get_logger("unionhall.publicity")
DEFAULT_DAYS = 30


def erase_old(now: datetime) -> int:
    """Take names off notices that ended long enough ago, and away from their objections (a job)."""
    if year := workdays.missing(clock.local_day(now)):
        log.warning("no arrangement of working days", year=year)
    known, done = kinds(), 0
    for found in queries.to_erase(now - timedelta(days=1)):
        days = known[found.kind].keep_days if found.kind in known else DEFAULT_DAYS
        if found.ended_at is None or found.ended_at + timedelta(days=days) > now:
            continue
        notice_id = found.id
        db.session().rollback()
        with db.unit_of_work():
            notice = queries.notice(notice_id)
            notice.rows, notice.erased_at, notice.updated_at = [], now, now
            for row in notice.objections:
                _forget(row)
            audit.record("publicity.erased", f"publicity:{notice.id}", actor=SYSTEM, now=now, org_id=notice.org_id)
            purge(LIST, tag(notice.id))
            done += 1
    return done


def _forget(row: Objection) -> None:
    row.name, row.contact_sealed, row.text = "", "", ""


def export(person: Person) -> Mapping[str, Any]:
    """Return what a person objected to, and the answers."""
    if person.account_id is None:
        return {}
    rows = [
        {
            _("公示"): row.notice.title, _("时间"): clock.local(row.created_at).isoformat(), _("内容"): row.text,
            _("结果"): str(labels.OUTCOMES[Outcome(row.outcome)]), _("答复"): row.answer,
        }
        for row in queries.of_account(person.account_id)
    ]  # fmt: skip
    return {_("异议"): rows} if rows else {}


def erase(person: Person, now: datetime) -> Iterable[Kept]:
    """Remove who objected and what they wrote; that there was an objection, and its answer, stay."""
    rows = queries.of_account(person.account_id) if person.account_id is not None else []
    for row in rows:
        _forget(row)
        row.account_id = None
    db.session().flush()
    return [Kept(_l("提过异议这件事和公开的答复，不含姓名和内容"), _l("公示的结果要经得起查，认不出是谁"))] if rows else []


def hand_over(source_id: int, target_id: int) -> None:
    """Give the notices of an org to the one that stays."""
    for table in (PublicNotice, Objection):
        db.session().execute(update(table).where(table.org_id == source_id).values(org_id=target_id))


PERSONAL = PersonalData("publicity", _l("公示异议"), export, erase)
