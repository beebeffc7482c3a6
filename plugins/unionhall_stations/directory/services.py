"""Keeping stations: what they say of themselves, when they are open, what they offer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from unionhall.plugin import (
    SYSTEM,
    Actor,
    Conflict,
    Org,
    RuleBroken,
    note_media,
    record_audit,
    require,
    session,
    slugify,
    tidy,
    unscoped,
    update_count,
)
from unionhall_stations import rights
from unionhall_stations.directory import pages, queries
from unionhall_stations.directory.hours import DAY_MINUTES, LATEST, MOST_A_DAY, Spans
from unionhall_stations.directory.models import StationStep
from unionhall_stations.models import WORKER, HolidayRule, SpecialDay, Station, StationService, StationState, Till

QUIET = {"synchronize_session": False}
MOST_PHOTOS, MOST_NUMBER, LONGEST_SPECIAL = 12, 999_999, 366


@dataclass(frozen=True, slots=True)
class Profile:
    """What is said of a station; the place is in millionths of a degree, both or none. Without a number it gets the next one."""

    name: str
    name_en: str = ""
    number: int | None = None
    address: str = ""
    directions: str = ""
    phone: str = ""
    responsible: str = ""
    intro: str = ""
    latitude: int | None = None
    longitude: int | None = None
    wheelchair: bool = False
    photos: Sequence[int] = field(default_factory=tuple)
    store_id: int | None = None


def propose(org: Org, said: Profile, *, kind: str = WORKER, actor: Actor, now: datetime) -> Station:
    """Return a new station of an org, proposed. Raises NotAllowed, RuleBroken for a number that is taken."""
    require(actor, rights.MANAGE, org)
    columns = _columns(said)
    number = said.number or queries.next_number(kind)
    store = _store(said.store_id, None, actor)
    made = Station(
        org_id=org.id, org=org, kind=kind, number=number, slug=_slug(str(columns["name"]), kind, number), store_id=store,
        state=StationState.PROPOSED.value, week=[[] for _day in range(7)], created_at=now, updated_at=now, **columns,
    )  # fmt: skip
    try:
        with session().begin_nested():
            session().add(made)
    except IntegrityError:
        raise _taken(number) from None
    note_media(pages.KIND, made.id, made.photo_ids)
    note_step(made, "propose", actor=actor, now=now)
    record_audit("stations.proposed", f"station:{made.id}", actor=actor, now=now, org_id=org.id)
    return made


def keep(station: Station, said: Profile, *, version: int, actor: Actor, now: datetime) -> None:
    """Keep what is said of a station. Raises Conflict when somebody saved after the form was opened, NotAllowed, RuleBroken."""
    require(actor, rights.MANAGE, station.org)
    columns = _columns(said) | {"number": said.number or station.number, "store_id": _store(said.store_id, station, actor)}
    if station.state == StationState.OPEN and not columns["address"]:
        raise RuleBroken(_("开放的驿站要有地址。"), field="address")
    try:
        with session().begin_nested():
            _write(station, columns, version, now)
    except IntegrityError:
        raise _taken(int(columns["number"])) from None
    note_media(pages.KIND, station.id, station.photo_ids)
    record_audit("stations.changed", f"station:{station.id}", actor=actor, now=now, org_id=station.org_id)
    pages.changed(station, now=now)


def keep_hours(station: Station, week: Sequence[Spans], holidays: str, *, version: int, actor: Actor, now: datetime) -> None:
    """Keep a station's week and what holds on public holidays. Raises Conflict, NotAllowed, RuleBroken."""
    require(actor, rights.MANAGE, station.org)
    if holidays not in set(HolidayRule):
        raise RuleBroken(_("请选节假日怎么开。"), field="holidays")
    hours = [judged(day) for day in week]
    if len(hours) != 7 or (station.state == StationState.OPEN and not any(hours)):
        raise RuleBroken(_("一周里至少要有一天开放。要关一阵，请用“暂停”。"), field="week")
    _write(station, {"week": hours, "holidays": holidays}, version, now)
    record_audit("stations.hours", f"station:{station.id}", actor=actor, now=now, org_id=station.org_id)
    pages.changed(station, now=now)


def judged(spans: Spans) -> list[list[int]]:
    """Return a day's hours in order. Raises RuleBroken for times that cannot be, overlap, or are too many."""
    found = sorted([int(opens), int(closes)] for opens, closes in spans)
    if len(found) > MOST_A_DAY:
        raise RuleBroken(_("一天最多两段时间。"), field="week")
    for opens, closes in found:
        if not (0 <= opens < DAY_MINUTES and opens < closes <= min(LATEST, opens + DAY_MINUTES)):
            raise RuleBroken(_("开门和关门的时间不对。"), field="week")
    if any(second[0] < first[1] for first, second in pairwise(found)):
        raise RuleBroken(_("同一天的两段时间重叠了。"), field="week")
    return found


def add_special(
    station: Station, since: date, until: date, spans: Spans, reason: str, *, actor: Actor, now: datetime
) -> SpecialDay:
    """Add days with other hours, or closed. Raises NotAllowed, RuleBroken."""
    require(actor, rights.MANAGE, station.org)
    if until < since:
        raise RuleBroken(_("结束的日期在开始之前。"), field="until")
    if (until - since).days >= LONGEST_SPECIAL:
        raise RuleBroken(_("一次最多填一年。要关很久，请用“暂停”。"), field="until")
    made = SpecialDay(station_id=station.id, since=since, until=until, hours=judged(spans), reason=tidy(reason)[:120])
    session().add(made)
    session().flush()
    record_audit("stations.special_day", f"station:{station.id}", actor=actor, now=now, org_id=station.org_id, since=since.isoformat())
    pages.changed(station, now=now)
    return made


def remove_special(station: Station, day: SpecialDay, *, actor: Actor, now: datetime) -> None:
    """Take special days away again. Raises NotAllowed."""
    require(actor, rights.MANAGE, station.org)
    session().delete(day)
    session().flush()
    since = day.since.isoformat()
    record_audit("stations.special_day_off", f"station:{station.id}", actor=actor, now=now, org_id=station.org_id, since=since)
    pages.changed(station, now=now)


def keep_offers(station: Station, offers: Mapping[int, tuple[str, bool]], *, actor: Actor, now: datetime) -> None:
    """Keep what a station offers, {service id: (note, whether it works)}; what left the catalogue stays as it was. Raises NotAllowed."""
    require(actor, rights.MANAGE, station.org)
    session().execute(update(Station).where(Station.id == station.id).values(updated_at=now).execution_options(**QUIET))
    session().refresh(station)
    known = {row.id for row in queries.services()}
    have = {row.service_id: row for row in station.offers}
    for service_id in known:
        offer = offers.get(service_id)
        if offer is None:
            if service_id in have:
                station.offers.remove(have[service_id])
            continue
        note, works = tidy(offer[0])[:80], offer[1]
        if service_id in have:
            have[service_id].note, have[service_id].works = note, works
        else:
            station.offers.append(StationService(station_id=station.id, service_id=service_id, note=note, works=works))
    session().flush()
    record_audit("stations.offers", f"station:{station.id}", actor=actor, now=now, org_id=station.org_id, count=len(offers))
    pages.changed(station, now=now)


def note_step(station: Station, step: str, *, reason: str = "", until: datetime | None = None, actor: Actor, now: datetime) -> None:
    """Add a line to a station's history."""
    account = None if actor is SYSTEM else actor.account_id
    session().add(
        StationStep(station_id=station.id, step=step, state=station.state, reason=reason, until=until, actor_id=account, at=now)
    )
    session().flush()


def _write(station: Station, columns: Mapping[str, Any], version: int, now: datetime) -> None:
    same = update(Station).where(Station.id == station.id, Station.version == version)
    if update_count(same.values(**columns, version=version + 1, updated_at=now).execution_options(**QUIET)) != 1:
        raise Conflict(_("你打开这一页之后，有人改过这个驿站。下面是你填写的内容，请对照最新资料再保存一次。"))
    session().refresh(station)


def _columns(said: Profile) -> dict[str, Any]:
    name = tidy(said.name)[:80]
    if not name:
        raise RuleBroken(_("请填写驿站名称。"), field="name")
    if said.number is not None and not 0 < said.number <= MOST_NUMBER:
        raise RuleBroken(_("编号请填 1 到 %(n)s 之间的整数。", n=MOST_NUMBER), field="number")
    if (said.latitude is None) != (said.longitude is None):
        raise RuleBroken(_("经纬度要两个都填，或者都空着。"), field="place")
    return {
        "name": name, "name_en": tidy(said.name_en)[:120], "address": tidy(said.address)[:200], "directions": tidy(said.directions)[:300],
        "phone": tidy(said.phone)[:40], "responsible": tidy(said.responsible)[:60], "intro": tidy(said.intro, one_line=False)[:4000],
        "latitude": said.latitude, "longitude": said.longitude, "wheelchair": said.wheelchair,
        "photo_ids": list(dict.fromkeys(said.photos))[:MOST_PHOTOS],
    }  # fmt: skip


def _store(store_id: int | None, station: Station | None, actor: Actor) -> int | None:
    """Return the store to give a station to; one that the station has stays. Raises RuleBroken."""
    if station is not None and store_id == station.store_id:
        return store_id
    if store_id is not None and store_id not in {row.id for row in queries.stores("", actor, rights.READ)}:
        raise RuleBroken(_("这个门店不在你管理的范围里。"), field="store_id")
    if station is not None and session().scalar(unscoped(_live_tills(station.id), why="the station's")):
        raise RuleBroken(_("这个驿站还有在用的收银台，账会记到原来的门店。请先停用收银台，再换门店。"), field="store_id")
    return store_id


def _live_tills(station_id: int) -> Any:
    return select(Till.id).where(Till.station_id == station_id, Till.revoked_at.is_(None)).limit(1)


def _slug(name: str, kind: str, number: int) -> str:
    base = slugify(name)[:60] or (f"no-{number}" if kind == WORKER else f"{kind}-{number}")
    if base in pages.RESERVED:
        base = f"{base}-{number}"
    alike = select(Station.slug).where(Station.slug.startswith(base, autoescape=True))
    taken = set(session().scalars(unscoped(alike, why="addresses")))
    return next(found for found in _candidates(base) if found not in taken)


def _candidates(base: str) -> Iterable[str]:
    yield base
    yield from (f"{base}-{number}" for number in range(2, 100_000))


def _taken(number: int) -> RuleBroken:
    said = _("编号 %(n)s 已经有驿站用了，请换一个。下一个空的是 %(next)s。", n=number, next=queries.next_number(WORKER))
    return RuleBroken(said, field="number")
