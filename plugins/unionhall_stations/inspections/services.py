"""Making an inspection: begun with the checklist of the day, filled in standing, finished with a score and a light."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from werkzeug.datastructures import FileStorage

from unionhall.plugin import (
    Actor,
    Conflict,
    RuleBroken,
    clock,
    plugin_settings,
    read_file,
    record_audit,
    remove_files,
    require,
    session,
    site_language,
    store_files,
    tidy,
    update_count,
)
from unionhall_stations import rights
from unionhall_stations.directory import queries as directory
from unionhall_stations.inspections import labels, queries, telling
from unionhall_stations.inspections.models import Fix, Inspection, InspectionPhoto, InspectionPoint, Light, Result
from unionhall_stations.models import Station, StationState

MOST_PHOTOS, LONGEST_FIX = 40, 90
QUIET = {"synchronize_session": False}


@dataclass(frozen=True, slots=True)
class Sent:
    """One judged photo, and the point that it shows; None for what was mended, or for the whole."""

    point_id: int | None
    name: str
    mime: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Filled:
    """What an inspector filled in: {point id: (result, note)}, words on the whole, until when things are to be mended."""

    results: Mapping[int, tuple[str, str]]
    summary: str = ""
    fix_by: date | None = None
    photos: Iterable[Sent] = field(default_factory=tuple)


def begin(station: Station, *, secret: bool = False, actor: Actor, now: datetime) -> Inspection:
    """Return this month's inspection of a station: a new one, or the one begun already. A secret one is always new.

    Raises NotAllowed, RuleBroken for a station that is not open, Conflict when this month's is done.
    """
    require(actor, rights.INSPECT, station.org)
    if station.state not in (StationState.OPEN, StationState.PAUSED):
        raise RuleBroken(_("开放的驿站才能巡查。"))
    month = f"{clock.local_day(now):%Y-%m}"
    before = None if secret else queries.of_month(station, month)
    if before is not None:
        if before.done_at is not None:
            raise Conflict(_("这个月已经巡查过了。要再看一次，可以做一次神秘访客。"))
        return before
    made = Inspection(
        org_id=station.org_id, station_id=station.id, month=month, secret=secret, inspector_id=actor.account_id, began_at=now,
        created_at=now, updated_at=now, org=station.org, station=station,
    )  # fmt: skip
    asked = enumerate(checklist(station))
    made.points = [InspectionPoint(position=at, heading=heading, text=text) for at, (heading, text) in asked]
    try:
        with session().begin_nested():
            session().add(made)
    except IntegrityError:
        raise Conflict(_("刚刚有人开始了这个月的巡查。请刷新后再看。")) from None
    record_audit("stations.inspection_begun", f"station_inspection:{made.id}", actor=actor, now=now, org_id=made.org_id)
    return made


def read_photos(uploads: Iterable[tuple[int | None, FileStorage]]) -> list[Sent]:
    """Judge what was sent, before anything is read from the database. Raises UploadRefused, RuleBroken for what is no picture."""
    found = []
    for point_id, upload in uploads:
        if upload.filename:
            judged = read_file(upload)
            if not judged.mime.startswith("image/"):
                raise RuleBroken(_("“%(name)s”不是照片。", name=tidy(upload.filename)[:60]))
            found.append(Sent(point_id, upload.filename, judged.mime, judged.data))
    return found


def save(found: Inspection, filled: Filled, *, version: int, actor: Actor, now: datetime) -> None:
    """Keep what was filled in so far. Raises NotAllowed, Conflict when it is finished or somebody saved in between."""
    require(actor, rights.INSPECT, found.org)
    same = update(Inspection).where(Inspection.id == found.id, Inspection.done_at.is_(None), Inspection.version == version)
    values = {"summary": tidy(filled.summary, one_line=False)[:2000], "fix_by": filled.fix_by, "version": version + 1, "updated_at": now}
    if update_count(same.values(**values).execution_options(**QUIET)) != 1:
        raise Conflict(_("这次巡查刚刚有人改过，或者已经交了。请对照最新的内容再保存一次。"))
    session().refresh(found)
    for point in found.points:
        result, note = filled.results.get(point.id, (point.result, point.note))
        point.result, point.note = result if result in set(Result) else "", tidy(note)[:200]
    keep_photos(found, filled.photos, fix=False, now=now)


def finish(found: Inspection, *, actor: Actor, now: datetime) -> None:
    """Judge an inspection and tell the keepers. Raises NotAllowed, RuleBroken for what is missing, Conflict."""
    require(actor, rights.INSPECT, found.org)
    _complete(found, clock.local_day(now))
    score = score_of(found)
    light, wrong = light_of(score), any(point.result == Result.NOT for point in found.points)
    open_one = update(Inspection).where(Inspection.id == found.id, Inspection.done_at.is_(None))
    values = {
        "done_at": now, "score": score, "light": light.value, "inspector_id": actor.account_id, "updated_at": now,
        "version": Inspection.version + 1, "fix_state": (Fix.DUE if wrong else Fix.NONE).value, "fix_by": found.fix_by if wrong else None,
    }  # fmt: skip
    if update_count(open_one.values(**values).execution_options(**QUIET)) != 1:
        raise Conflict(_("这次巡查已经交了。"))
    session().refresh(found)
    record_audit(
        "stations.inspected", f"station_inspection:{found.id}", actor=actor, now=now, org_id=found.org_id, score=score, light=light.value
    )
    _tell(found, now)


def drop(found: Inspection, *, actor: Actor, now: datetime) -> None:
    """Throw away an inspection that is not finished. Raises NotAllowed, Conflict."""
    require(actor, rights.INSPECT, found.org)
    if found.done_at is not None:
        raise Conflict(_("交了的巡查不能删。"))
    remove_files([photo.file for photo in found.photos], now=now)
    record_audit("stations.inspection_dropped", f"station_inspection:{found.id}", actor=actor, now=now, org_id=found.org_id)
    found.photos.clear()
    session().flush()
    session().delete(found)
    session().flush()


def keep_photos(found: Inspection, sent: Iterable[Sent], *, fix: bool, now: datetime) -> None:
    """Store photos with an inspection. Raises RuleBroken for too many."""
    photos, known = list(sent), {point.id for point in found.points}
    if len(found.photos) + len(photos) > MOST_PHOTOS:
        raise RuleBroken(_("一次巡查最多 %(n)s 张照片。", n=MOST_PHOTOS))
    for item in photos:
        stem = secrets.token_hex(24)
        row = InspectionPhoto(
            inspection_id=found.id, point_id=item.point_id if item.point_id in known else None, fix=fix, file=f"{stem[:2]}/{stem}.bin",
            mime=item.mime, name=tidy(item.name)[-120:] or _("照片"), created_at=now,
        )  # fmt: skip
        store_files([(row.file, item.data)])
        found.photos.append(row)
    session().flush()


def score_of(found: Inspection) -> int:
    """Return how many in a hundred of the points that apply are right, rounded down."""
    judged = [point.result for point in found.points if point.result in (Result.OK, Result.NOT)]
    return 100 * judged.count(Result.OK) // len(judged) if judged else 100


def light_of(score: int) -> Light:
    """Return the light of a score, by the site's settings."""
    chosen = plugin_settings("stations")
    if score >= chosen.green_from:
        return Light.GREEN
    return Light.YELLOW if score >= chosen.yellow_from else Light.RED


def fix_day(now: datetime) -> date:
    """Return until when things are to be mended unless the inspector says another day."""
    return clock.local_day(now) + timedelta(days=int(plugin_settings("stations").fix_days))


def checklist(station: Station) -> list[tuple[str, str]]:
    """Return (heading, point): the six haves, then what is to be looked at of each service here, in the site's language."""
    with site_language():
        six = str(plugin_settings("stations").scale or _("“六有”标准"))
        points = [
            (six, text) for text in (
                _("有统一的标识，门口看得见"), _("有固定的地方，没有挪作他用"), _("有齐全的设备，都能用"), _("有上墙的制度"),
                _("有在岗的负责人"), _("在地图上找得到，位置和开放时间都对"),
            )
        ]  # fmt: skip
    offered = {row.service_id for row in station.offers}
    for service in directory.services():
        if service.id in offered:
            points += [(service.name, text) for text in service.checklist]
    return [(heading[:60], text[:120]) for heading, text in points]


def _complete(found: Inspection, today: date) -> None:
    left = sum(1 for point in found.points if not point.result)
    if left:
        raise RuleBroken(_("还有 %(n)s 条没有看。不适用的选“不适用”。", n=left))
    if all(point.result == Result.NA for point in found.points):
        raise RuleBroken(_("不能每一条都是“不适用”。"))
    wrong = [point for point in found.points if point.result == Result.NOT]
    if silent := next((point for point in wrong if not point.note), None):
        raise RuleBroken(_("“%(point)s”不合格，请写哪里不对。", point=silent.text), field=f"note-{silent.id}")
    if wrong and found.fix_by is None:
        raise RuleBroken(_("有不合格的，请填整改期限。"), field="fix_by")
    if wrong and found.fix_by and not today <= found.fix_by <= today + timedelta(days=LONGEST_FIX):
        raise RuleBroken(_("整改期限请填今天到 %(n)s 天以内的日期。", n=LONGEST_FIX), field="fix_by")


def _tell(found: Inspection, now: datetime) -> None:
    with site_language():
        light = str(labels.LIGHTS[found.light][0])
    said = {"score": str(found.score), "light": light, "day": found.fix_by.isoformat() if found.fix_by else ""}
    telling.tell("to_fix" if found.fix_by else "inspected", found, rights.MANAGE, key=str(found.id), now=now, **said)
    most = int(plugin_settings("stations").reds)
    if queries.reds([found.station_id], most).get(found.station_id, 0) >= most:
        url = f"/desk/stations/{found.station_id}/"
        telling.tell("reds", found, rights.APPROVE, key=str(found.id), now=now, url=url, times=str(most))
