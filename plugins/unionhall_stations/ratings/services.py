"""Rating a visit, and answering what was said.

Stars count at once, and no keeper can take them away. Words reach readers only after somebody of the station's union has looked at them
and shown them; photos never leave the desk, for they show people who were not asked. Neither readers nor keepers are told who wrote.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from unionhall.plugin import (
    Actor,
    Conflict,
    NotFound,
    RuleBroken,
    ThrottleLimit,
    clock,
    purge_pages,
    record_audit,
    require,
    session,
    throttle,
    tidy,
    unit_of_work,
    update_count,
)
from unionhall_stations import photos, rights
from unionhall_stations.directory import pages
from unionhall_stations.models import Station, StationState
from unionhall_stations.ratings import queries, telling
from unionhall_stations.ratings.models import Rating, Shown

FORGET_AFTER = timedelta(days=365)
LIMIT = ThrottleLimit(10, timedelta(days=1))
QUIET = {"synchronize_session": False}


@dataclass(frozen=True, slots=True)
class Said:
    """What a member says of a visit."""

    stars: int
    comment: str = ""
    photo: photos.Sent | None = None


def rate(station: Station, member_id: int, said: Said, *, now: datetime) -> Rating:
    """Rate a member's latest visit to a station that they have not rated.

    Raises NotFound for a station that readers do not see, RuleBroken without such a visit or with stars that are none, Conflict when
    two are sent at once, TooMany.
    """
    if station.state not in (StationState.OPEN, StationState.PAUSED):
        raise NotFound()
    if not 1 <= said.stars <= 5:
        raise RuleBroken(_("请选 1 到 5 颗星。"), field="stars")
    days = queries.unrated(station, member_id, now)
    if not days:
        raise RuleBroken(
            _("每次来可以评一次，%(n)s 天以内有效。先在驿站扫码记录歇脚，或者在这里用券，再来评价。", n=queries.RATE_WITHIN)
        )
    throttle("stations.rating", str(member_id), LIMIT, now=now)
    words = tidy(said.comment, one_line=False)[:500]
    made = Rating(
        org_id=station.org_id, station_id=station.id, member_id=member_id, day=days[0], stars=said.stars, comment=words,
        state=(Shown.WAITING if words or said.photo else Shown.SILENT).value, created_at=now, updated_at=now, org=station.org,
        station=station,
    )  # fmt: skip
    try:
        with session().begin_nested():
            session().add(made)
    except IntegrityError:
        raise Conflict(_("这次已经评过了。请刷新后再看。")) from None
    photos.keep(made, said.photo)
    session().flush()
    purge_pages(pages.tag(station.id))
    if made.state == Shown.WAITING:
        telling.tell_keepers(made, now=now)
    return made


def answer(found: Rating, *, shown: bool, reply: str, version: int, actor: Actor, now: datetime) -> None:
    """Show a rating's words to readers or keep them in the desk, and reply; whoever wrote them is told of a new reply.

    Raises NotAllowed, Conflict when somebody answered in between.
    """
    require(actor, rights.MANAGE, found.org)
    words, before = tidy(reply, one_line=False)[:500], found.reply
    state = Shown.SILENT if not (found.comment or found.photo_file) else Shown.SHOWN if shown and found.comment else Shown.HIDDEN
    same = update(Rating).where(Rating.id == found.id, Rating.version == version)
    values = {
        "state": state.value, "reply": words, "handled_by": actor.account_id, "handled_at": now, "version": version + 1, "updated_at": now,
    }  # fmt: skip
    if update_count(same.values(**values).execution_options(**QUIET)) != 1:
        raise Conflict(_("这条评价刚刚有人处理过。请对照最新的内容再保存一次。"))
    session().refresh(found)
    act = {Shown.SHOWN: "rating_shown", Shown.HIDDEN: "rating_hidden"}.get(state, "rating_answered")
    record_audit(f"stations.{act}", f"station_rating:{found.id}", actor=actor, now=now, org_id=found.org_id)
    purge_pages(pages.tag(found.station_id))
    if words and words != before:
        telling.tell_author(found, now=now)


def forget(now: datetime) -> int:
    """Take the person from ratings that are over a year old (a job); stars and words stay. Returns how many."""
    old = update(Rating).where(Rating.member_id.is_not(None), Rating.day < clock.local_day(now - FORGET_AFTER))
    with unit_of_work():
        return update_count(old.values(member_id=None).execution_options(**QUIET))
