"""The demo's chapters: the associations that the core's demo has as orgs, with officers, pages, applications, and one request."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any

from unionhall.plugin import (
    SYSTEM,
    Actor,
    NotFound,
    Org,
    RosterLine,
    clock,
    demo_account,
    membership_numbers,
    org_by_slug,
    roster_lines,
    session,
    shared_pictures,
)
from unionhall_chapters import pages
from unionhall_chapters.joining import applying, founding, offices, profile, standing
from unionhall_chapters.joining.applying import Asked
from unionhall_chapters.joining.founding import Request
from unionhall_chapters.joining.models import Belonging, Photo
from unionhall_chapters.joining.offices import Ballot, Post
from unionhall_chapters.models import Chapter, ChapterState

ASKERS, ALBUM_FROM = "fangzhi-erchang", 2


def load(now: datetime) -> None:
    """Make the chapters of `demo_data/chapters.toml`; those whose org is not there are left out."""
    written = tomllib.loads((files("unionhall_chapters.joining") / "demo_data" / "chapters.toml").read_text("utf-8"))
    pictures = [asset.id for asset in shared_pictures(20)]
    for place, row in enumerate(written["chapter"]):
        try:
            org = org_by_slug(row["org"])
        except NotFound:
            continue
        _chapter(row, org, pictures[place * ALBUM_FROM :], now)
    _founding(written["founding"], now)


def _chapter(row: Mapping[str, Any], org: Org, pictures: Sequence[int], now: datetime) -> None:
    today, lines = clock.local_day(now), roster_lines(org.id)
    founded = today + timedelta(days=row["founded"])
    made = Chapter(
        org_id=org.id, parent_id=org.parent_id or org.id, slug=org.slug, name=org.name, name_en=org.name_en, seal=row["seal"],
        kind=row["kind"], state=ChapterState.ACTIVE.value, motto=row["motto"], summary=org.summary[:200], intro=row.get("intro", ""),
        meets=row["meets"], contact=row["contact"], cover_id=pictures[0] if pictures else None, join_rule=row["join_rule"],
        probation_months=row.get("probation_months", 0), founded_on=founded, created_at=clock.first_moment(founded), updated_at=now,
    )  # fmt: skip
    session().add(made)
    session().flush()
    for line in lines:
        until = line.joined_on + timedelta(days=91) if made.probation_months else None
        session().add(Belonging(chapter_id=made.id, member_id=line.member_id, how="asked", joined_on=line.joined_on, probation_until=until))
    album = pictures[1 : 1 + row.get("photos", 0)]
    session().add_all(Photo(chapter_id=made.id, asset_id=item, position=at) for at, item in enumerate(album))
    _lead(made, row, lines, now)
    if row.get("rules"):
        profile.adopt(made, row["rules"], founded, actor=SYSTEM, now=now)
    for each in row.get("application", ()):
        _ask(made, each, now)
    pages.changed(made, now=now)


def _lead(chapter: Chapter, row: Mapping[str, Any], lines: Sequence[RosterLine], now: datetime) -> None:
    """Note the election that the present term comes from, and appoint those who hold its offices."""
    until = clock.local_day(now) + timedelta(days=row["term"])
    held, people = until - timedelta(days=3 * 365), membership_numbers([chapter.org_id])[chapter.org_id][0]
    present = people * 5 // 6
    ballot = Ballot(held, until, people, present, present - 5, 2, 3, "", "")
    offices.note_congress(chapter, ballot, actor=SYSTEM, now=now)
    standing.note(chapter, "congress", actor=SYSTEM, now=clock.first_moment(held))
    known = {line.account_id: line for line in lines if line.account_id}
    for place, office in enumerate(row.get("office", ())):
        line = known.get(demo_account(office["who"])) if isinstance(office["who"], str) else lines[office["who"]]
        if line is not None:
            post = Post(office["title"], held, until, office["role"], office.get("heads", False), place + 1)
            offices.appoint(chapter, line.member_id, post, actor=SYSTEM, now=now)


def _ask(chapter: Chapter, row: Mapping[str, Any], now: datetime) -> None:
    """Let somebody ask who has an account and belongs to a union nearby, but not to the chapter."""
    here = {line.member_id for line in roster_lines(chapter.org_id)}
    asked = {each.member_id for each in applying.waiting(chapter)}
    others = [line for line in roster_lines(_union().id) if line.account_id and line.member_id not in here | asked]
    if others:
        line, at = others[7 * len(asked) % len(others)], now - timedelta(days=row["days"], hours=3)
        applying.ask(chapter, Asked(line.member_id, line.account_id, row["words"]), actor=SYSTEM, now=at)


def _union() -> Org:
    return org_by_slug(ASKERS)


def _founding(row: Mapping[str, Any], now: datetime) -> None:
    try:
        parent = org_by_slug(row["parent"])
    except NotFound:
        return
    asked = Request(
        row["name"], row["seal"], row["kind"], row["aims"], row["prepared_by"], row["contact"], row["founders"], row["joint"],
        clock.local_day(now) + timedelta(days=row["planned"]),
    )  # fmt: skip
    who = Actor(demo_account("clerk"), "", "", (), system=True)
    made = founding.prepare(parent, asked, actor=who, now=now - timedelta(days=4))
    founding.apply(made, actor=who, now=now - timedelta(days=2))


