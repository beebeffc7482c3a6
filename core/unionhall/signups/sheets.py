"""Sheets: made for an owner, set up, opened and closed, copied, taken away."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, func, select, update

from unionhall.base import db
from unionhall.base.errors import Conflict, RuleBroken
from unionhall.base.text import tidy
from unionhall.hooks.types import Actor
from unionhall.orgs.models import Org
from unionhall.platform import access, audit
from unionhall.platform.access import unscoped
from unionhall.platform.pagecache import purge
from unionhall.signups import notes, places, questions, waiting
from unionhall.signups.models import ALIVE, Audience, Entry, Sheet, SheetState, State, Unit
from unionhall.signups.queries import MANAGE

ALONE = "signups.alone"


@dataclass(frozen=True)
class Setup:
    """What is set of a sheet: moments in UTC, `places` None for any number, `offer_hours` 0 to give a place at once.

    On the spot: `walk_in` offers a free place to who has none, who comes `late_minutes` after the start is late, and a second scan
    `out_minutes` after the first one checks out (None: only the leader does).
    """

    title: str
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    place: str = ""
    places: int | None = None
    waiting_on: bool = True
    waiting_places: int | None = None
    unit: Unit = Unit.MEMBER
    team_min: int = 1
    team_max: int = 1
    companions: int = 0
    cancel_until: datetime | None = None
    approval: bool = False
    offer_hours: int = 24
    audience: Audience = Audience.MEMBERS
    audience_org_id: int | None = None
    contact: str = ""
    consent: str = ""
    retention_days: int = 90
    walk_in: bool = False
    late_minutes: int = 10
    out_minutes: int | None = None


def setup_of(sheet: Sheet) -> Setup:
    """Return what is set of a sheet now."""
    return Setup(**{item.name: getattr(sheet, item.name) for item in fields(Setup)})


def create_sheet(
    owner_kind: str,
    owner_id: int,
    setup: Setup,
    *,
    org: Org,
    actor: Actor,
    now: datetime,
    owner_url: str = "",
    state: SheetState = SheetState.OPEN,
) -> Sheet:
    """Return a new sheet of an owner ("courses.session", 17); `owner_url` leads readers to it. Raises NotAllowed, RuleBroken.

    Plugins that make sheets by rules of their own act as SYSTEM.
    """
    access.require(actor, MANAGE, org)
    sheet = Sheet(
        owner_kind=owner_kind, owner_id=owner_id, owner_url=owner_url, org_id=org.id, state=state.value, created_at=now, updated_at=now,
        version=1, taken=0, waiting=0, last_number=0, consent_version=1,
    )  # fmt: skip
    sheet.org = org
    _fill(sheet, _tidied(setup))
    db.session().add(sheet)
    db.session().flush()
    if owner_kind == ALONE:
        sheet.owner_id = sheet.id
    audit.record(
        "signups.sheet_created",
        f"sheet:{sheet.id}",
        actor=actor,
        now=now,
        org_id=org.id,
        owner=f"{owner_kind}:{owner_id}",
    )
    return sheet


def update_sheet(sheet: Sheet, setup: Setup, *, version: int, actor: Actor, now: datetime) -> None:
    """Change a sheet. Raises Conflict when somebody saved first, RuleBroken for what people on it make unfair."""
    access.require(actor, MANAGE, sheet.org)
    sheet = places.lock(sheet.id)
    if sheet.version != version:
        raise Conflict(_("有人先保存过设置。请看看现在的设置，再改一次。"))
    setup, before = _tidied(setup), setup_of(sheet)
    if occupied(sheet):
        _keep_fair(sheet, setup)
    if setup.consent != sheet.consent:
        sheet.consent_version += 1
    _fill(sheet, setup)
    sheet.version, sheet.updated_at = sheet.version + 1, now
    if setup.starts_at != before.starts_at:
        sheet.reminded_at = None
    db.session().flush()
    if occupied(sheet) and (before.starts_at, before.place) != (setup.starts_at, setup.place):
        _tell_all(sheet, now)
    waiting.promote(sheet, now=now)
    purge(places.page_tag(sheet.id))
    changed = [name for name, value in asdict(setup).items() if value != getattr(before, name)]
    audit.record("signups.sheet_changed", f"sheet:{sheet.id}", actor=actor, now=now, org_id=sheet.org_id, what=changed)


def set_state(sheet: Sheet, state: SheetState, *, actor: Actor, now: datetime) -> None:
    """Open, pause or close a sheet; doing it twice is doing it once."""
    access.require(actor, MANAGE, sheet.org)
    sheet = places.lock(sheet.id)
    if sheet.state == state:
        return
    before, sheet.state, sheet.updated_at = sheet.state, state.value, now
    db.session().flush()
    if state == SheetState.OPEN:
        waiting.promote(sheet, now=now)
    purge(places.page_tag(sheet.id))
    audit.record(
        "signups.sheet_state",
        f"sheet:{sheet.id}",
        actor=actor,
        now=now,
        org_id=sheet.org_id,
        before=before,
        after=state.value,
    )


def copy_sheet(
    source: Sheet, owner_kind: str, owner_id: int, *, org: Org, actor: Actor, now: datetime, **changes: Any
) -> Sheet:
    """Return a new sheet with the settings and the form of another, and nobody on it; the times are not copied."""
    times: dict[str, Any] = dict.fromkeys(("opens_at", "closes_at", "starts_at", "ends_at", "cancel_until"))
    made = create_sheet(
        owner_kind, owner_id, replace(setup_of(source), **(times | changes)), org=org, actor=actor, now=now
    )
    questions.copy(source, made)
    return made


def remove_sheet(sheet: Sheet, *, actor: Actor, now: datetime) -> None:
    """Take a sheet away that nobody ever signed up on. Raises RuleBroken otherwise."""
    access.require(actor, MANAGE, sheet.org)
    sheet = places.lock(sheet.id)
    number = db.session().scalar(
        unscoped(select(func.count()).select_from(Entry).where(Entry.sheet_id == sheet.id), why="removing")
    )
    if number:
        raise RuleBroken(_("这张报名表上有 %(n)s 份报名，不能删。可以关闭报名，名单会留着。", n=number))
    for field in list(sheet.fields):
        db.session().delete(field)
    db.session().flush()
    db.session().execute(delete(Sheet).where(Sheet.id == sheet.id))
    audit.record("signups.sheet_removed", f"sheet:{sheet.id}", actor=actor, now=now, org_id=sheet.org_id)


def occupied(sheet: Sheet) -> bool:
    """Say whether somebody is on the sheet: then what would be unfair to them is frozen."""
    somebody = select(Entry.id).where(Entry.sheet_id == sheet.id, Entry.state.in_(ALIVE)).limit(1)
    return db.session().scalar(unscoped(somebody, why="frozen")) is not None


def hand_over(source_id: int, target_id: int) -> None:
    """Give the sheets and entries of an org to the one that it is merged into."""
    for table in (Sheet, Entry):
        db.session().execute(update(table).where(table.org_id == source_id).values(org_id=target_id))
    db.session().execute(update(Sheet).where(Sheet.audience_org_id == source_id).values(audience_org_id=target_id))
    db.session().expire_all()


def _keep_fair(sheet: Sheet, setup: Setup) -> None:
    """Raise RuleBroken for a change that those who are on the sheet could not have known of."""
    if setup.places is not None and setup.places < sheet.taken:
        raise RuleBroken(_("已经有 %(n)s 个名额报出去了，不能减到比它少。", n=sheet.taken), field="places")
    if setup.unit != sheet.unit:
        raise RuleBroken(_("已经有人报名，不能再换报名单位。"), field="unit")
    if setup.waiting_places is not None and setup.waiting_places < sheet.waiting:
        raise RuleBroken(_("已经有 %(n)s 份候补，不能减到比它少。", n=sheet.waiting), field="waiting_places")
    if not setup.waiting_on and sheet.waiting:
        raise RuleBroken(_("还有人在候补，不能关掉候补。"), field="waiting_on")
    if sheet.unit == Unit.TEAM and (setup.team_min > sheet.team_min or setup.team_max < sheet.team_max):
        raise RuleBroken(_("已经有队伍报名：最少人数只能减，最多人数只能加。"), field="team_min")


def _tidied(setup: Setup) -> Setup:
    """Return the settings as they are kept. Raises RuleBroken where they contradict each other."""
    if not tidy(setup.title):
        raise RuleBroken(_("还没有填名称。"), field="title")
    if setup.opens_at and setup.closes_at and setup.closes_at <= setup.opens_at:
        raise RuleBroken(_("截止时间要晚于开始时间。"), field="closes_at")
    if setup.starts_at and setup.ends_at and setup.ends_at <= setup.starts_at:
        raise RuleBroken(_("结束时间要晚于开始时间。"), field="ends_at")
    if setup.unit == Unit.TEAM and not 1 <= setup.team_min <= setup.team_max:
        raise RuleBroken(_("每队最多人数不能少于最少人数。"), field="team_max")
    if setup.audience == Audience.SUBTREE and setup.audience_org_id is None:
        raise RuleBroken(_("请选对哪个组织及下级开放。"), field="audience_org_id")
    team = setup.unit == Unit.TEAM
    return replace(
        setup, title=tidy(setup.title)[:120], place=tidy(setup.place)[:120], contact=tidy(setup.contact)[:120],
        consent=tidy(setup.consent, one_line=False), team_min=setup.team_min if team else 1, team_max=setup.team_max if team else 1,
        companions=0 if team else setup.companions, audience_org_id=setup.audience_org_id if setup.audience == Audience.SUBTREE else None,
    )  # fmt: skip


def _fill(sheet: Sheet, setup: Setup) -> None:
    for name, value in asdict(setup).items():
        setattr(sheet, name, str(value) if name in ("unit", "audience") else value)


def _tell_all(sheet: Sheet, now: datetime) -> None:
    alive = select(Entry).where(
        Entry.sheet_id == sheet.id, Entry.state.in_((State.ACCEPTED, State.PENDING, State.OFFERED))
    )
    for entry in db.session().scalars(unscoped(alive, why="told")):
        notes.tell("changed", entry, now=now, key=f"v{sheet.version}")
