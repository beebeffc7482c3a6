"""Many people at once, from a spreadsheet or a pasted list: tried first, line by line, and taken in when somebody has read the report.

A person is known by name and identity number, or by the chapter's own member code, which the exported roster holds. Who is not found
is told in the same words whether the number is unknown or the name is another: nobody learns from a list who is on the roster.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _

from unionhall.plugin import (
    Actor,
    RuleBroken,
    ThrottleLimit,
    keyed_hash,
    member_by_identity,
    member_names,
    notify,
    orgs_by_ids,
    require,
    roster_lines,
    seal,
    throttle,
    tidy,
    unseal,
)
from unionhall_chapters import rights
from unionhall_chapters.joining import admitting
from unionhall_chapters.models import Chapter

MOST, PURPOSE = 500, "chapters.list"
TRIES = ThrottleLimit(20, timedelta(hours=1))
HEADINGS = {
    "name": ("姓名", "会员姓名", "name"),  # not translated: what a file's headings may be
    "id": ("证件号码", "身份证号", "身份证号码", "证件号", "identity number", "id number"),  # not translated: the same
    "code": ("会员编号", "编号", "member code", "code"),  # not translated: the same
}


@dataclass(frozen=True, slots=True)
class Line:
    """What becomes of a line of the list: "new", "here", "twice", "unknown" or "empty"."""

    number: int
    name: str
    outcome: str
    member_id: int | None = None


def code_of(member_id: int) -> str:
    """Return the code of a member, which says nothing of them to anybody else."""
    return f"{member_id}-{keyed_hash('chapters.member', str(member_id))[:8]}"


def member_of(code: str) -> int | None:
    """Return whose code it is; None for one that nobody was given."""
    number = code.strip().partition("-")[0]
    return int(number) if number.isascii() and number.isdecimal() and len(number) < 10 and code.strip() == code_of(int(number)) else None


def columns(headings: Sequence[str]) -> dict[str, int]:
    """Return {what: column}. Raises RuleBroken when people cannot be told apart by these."""
    plain = [heading.strip().lower() for heading in headings]
    found = {name: plain.index(word) for name, words in HEADINGS.items() for word in words if word in plain}
    if "name" not in found or not ({"id", "code"} & set(found)):
        raise RuleBroken(_("表头要有“姓名”，还要有“证件号码”或“会员编号”。"), field="file", code="headings")
    return found


def try_out(
    chapter: Chapter, headings: Sequence[str], lines: Iterable[tuple[int, Sequence[str]]], *, actor: Actor, now: datetime
) -> list[Line]:
    """Say what would become of each line; nothing is changed. Raises NotAllowed, RuleBroken, TooMany."""
    require(actor, rights.MANAGE, orgs_by_ids([chapter.org_id])[chapter.org_id])
    throttle(PURPOSE, str(actor.account_id), TRIES, now=now)
    places, seen = columns(headings), set[int]()
    found: list[Line] = []
    for number, cells in lines:
        values = {name: tidy(cells[at]) if at < len(cells) else "" for name, at in places.items()}
        found.append(_line(chapter, number, values, seen))
    return found


def _line(chapter: Chapter, number: int, values: Mapping[str, str], seen: set[int]) -> Line:
    name = values["name"]
    if not name and not any(values.values()):
        return Line(number, "", "empty")
    member_id = _found(name, values.get("code", ""), values.get("id", ""))
    if member_id is None:
        return Line(number, name, "unknown")
    if member_id in seen:
        return Line(number, name, "twice")
    seen.add(member_id)
    return Line(number, name, "here" if admitting.belongs(chapter, member_id) else "new", member_id)


def _found(name: str, code: str, number: str) -> int | None:
    if code:
        member_id = member_of(code)
        known = member_names([member_id])[member_id][0] if member_id and member_id in member_names([member_id]) else ""
        return member_id if known and known == name else None
    return member_by_identity(name, number) if number else None


def sealed(chapter: Chapter, lines: Iterable[Line]) -> str:
    """Return the new people of a list as one text that only this site can open: what the report's form sends back."""
    return seal(PURPOSE, json.dumps([chapter.id, [line.member_id for line in lines if line.outcome == "new"]]))


def take_in(chapter: Chapter, text: str, *, actor: Actor, now: datetime) -> int:
    """Take in the people of a list that was tried; returns how many were new. Raises NotAllowed, RuleBroken."""
    require(actor, rights.MANAGE, orgs_by_ids([chapter.org_id])[chapter.org_id])
    try:
        chapter_id, ids = json.loads(unseal(PURPOSE, text))
    except (ValueError, TypeError):
        raise RuleBroken(_("名单读不出来了。请重新上传一次。"), field="file") from None
    if chapter_id != chapter.id:
        raise RuleBroken(_("名单是另一个协会的。请重新上传一次。"), field="file")
    here = {line.member_id for line in roster_lines(chapter.org_id, ids=ids)}
    fresh = [member_id for member_id in ids if member_id not in here]
    for member_id in fresh:
        admitting.admit(chapter, member_id, "listed", actor=actor, now=now)
    accounts = [account for _name, account in member_names(fresh).values() if account]
    notify("chapters.added", accounts, {"chapter": chapter.name}, key=f"{chapter.id}:{now:%Y%m%d}", now=now,
           url=f"/chapters/{chapter.slug}/join", org_id=chapter.org_id)  # fmt: skip
    return len(fresh)
