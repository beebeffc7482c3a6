"""What inspections hold about people (who inspected), their files, and what goes over when orgs are merged."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select, update

from unionhall.plugin import SYSTEM, Kept, Person, PersonalData, clock, record_audit, session, unscoped
from unionhall_stations.inspections.models import Inspection, InspectionPhoto, StationNomination

QUIET = {"synchronize_session": False}


def export(person: Person) -> dict[str, Any]:
    """Return the inspections that a person made, mended or checked."""
    if person.account_id is None:
        return {}
    columns = (Inspection.inspector_id, Inspection.fixed_by, Inspection.checked_by)
    mine = select(Inspection).where(or_(*(column == person.account_id for column in columns))).order_by(Inspection.id)
    rows = [
        {_("驿站"): row.station.name, _("月份"): row.month, _("巡查时间"): clock.local(row.began_at).isoformat(), _("得分"): row.score}
        for row in session().scalars(unscoped(mine, why="oneself"))
    ]
    return {_("驿站巡查"): rows} if rows else {}


def erase(person: Person, now: datetime) -> Iterable[Kept]:
    """Forget who inspected; what was found of a station stays."""
    if person.account_id is None:
        return []
    before = len(export(person))
    for table, names in ((Inspection, ("inspector_id", "fixed_by", "checked_by")), (StationNomination, ("nominated_by",))):
        for name in names:
            mine = update(table).where(getattr(table, name) == person.account_id).values({name: None})
            session().execute(mine.execution_options(**QUIET))
    session().expire_all()
    if not before:
        return []
    record_audit("stations.inspector_erased", "station_inspection", actor=SYSTEM, now=now)
    return [Kept(_l("驿站巡查的结果和照片，不含巡查人"), _l("驿站的历次巡查要能核对，已认不出是谁查的"))]


def stored_files() -> Iterable[str]:
    """Yield the names of the photos."""
    yield from session().scalars(select(InspectionPhoto.file).execution_options(yield_per=500))


def hand_over(source_id: int, target_id: int) -> None:
    """Give the rows of an org to the one that it is merged into."""
    for table in (Inspection, StationNomination):
        session().execute(update(table).where(table.org_id == source_id).values(org_id=target_id).execution_options(**QUIET))
    session().expire_all()


PERSONAL = PersonalData("stations.inspections", _l("驿站巡查"), export, erase)
