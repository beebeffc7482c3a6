"""What ratings hold about people, their photos, and what goes over when orgs are merged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from unionhall.plugin import Kept, Person, PersonalData, purge_pages, remove_files, session, unscoped
from unionhall_stations.directory import pages
from unionhall_stations.ratings.models import Rating, Shown

QUIET = {"synchronize_session": False}


def export(person: Person) -> Mapping[str, Any]:
    """Return what a person said of their visits in the last year, and the replies."""
    rows = _of(person)
    told = [
        {
            _("驿站"): row.station.name, _("日期"): row.day.isoformat(), _("星级"): row.stars, _("评语"): row.comment,
            _("照片"): row.photo_name, _("回复"): row.reply,
        }
        for row in rows
    ]  # fmt: skip
    return {_("驿站评价"): told} if told else {}


def erase(person: Person, now: datetime) -> Iterable[Kept]:
    """Forget who rated, with words and photos; the stars stay. Forget who answered."""
    rows = _of(person)
    remove_files([row.photo_file for row in rows if row.photo_file], now=now)
    for row in rows:
        row.member_id, row.comment, row.state = None, "", Shown.SILENT.value
        row.photo_file, row.photo_mime, row.photo_name = None, "", ""
        purge_pages(pages.tag(row.station_id))
    session().flush()
    if person.account_id is not None:
        mine = update(Rating).where(Rating.handled_by == person.account_id).values(handled_by=None)
        session().execute(mine.execution_options(**QUIET))
        session().expire_all()
    return [Kept(_l("给驿站打的星，不含姓名和评语"), _l("驿站的平均分要算得出来，已认不出是谁打的"))] if rows else []


def stored_files() -> Iterable[str]:
    """Yield the names of the photos."""
    wanted = select(Rating.photo_file).where(Rating.photo_file.is_not(None)).execution_options(yield_per=500)
    for name in session().scalars(unscoped(wanted, why="files")):
        yield name or ""


def hand_over(source_id: int, target_id: int) -> None:
    """Give the ratings of an org to the one that it is merged into."""
    session().execute(update(Rating).where(Rating.org_id == source_id).values(org_id=target_id).execution_options(**QUIET))
    session().expire_all()


def _of(person: Person) -> list[Rating]:
    if person.member_id is None:
        return []
    wanted = select(Rating).where(Rating.member_id == person.member_id).order_by(Rating.day, Rating.id)
    return list(session().scalars(unscoped(wanted, why="oneself")))


PERSONAL = PersonalData("stations.ratings", _l("驿站评价"), export, erase)
