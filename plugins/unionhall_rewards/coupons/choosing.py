"""Whom a gift is for: boxes that were ticked, and a list that was pasted (member numbers, mobile numbers, or names)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from flask_babel import gettext as _

from unionhall.plugin import RuleBroken, find_members

_BETWEEN = re.compile(r"[\s,，;；、]+")
MOST_LINES = 600


def numbers(texts: Iterable[str]) -> list[int]:
    """Return those texts that are ids."""
    return [int(text) for text in texts if text.isascii() and text.isdecimal() and len(text) < 10]


def chosen(ticked: Iterable[str], pasted: str, org_path: str) -> list[int]:
    """Return the ids of members, each once, in order. Raises RuleBroken for a line of which nobody, or more than one, is found."""
    parts = [part for part in _BETWEEN.split(pasted) if part]
    if len(parts) > MOST_LINES:
        raise RuleBroken(_("名单太长了，最多 %(n)s 行。请分几次。", n=MOST_LINES), field="members", code="many")
    ids = numbers(ticked)
    for part in parts:
        ids += numbers([part]) or [_one(part, org_path)]
    return list(dict.fromkeys(ids))


def _one(part: str, org_path: str) -> int:
    found = find_members(org_path, words=part, limit=3)
    exact = [row for row in found if row.name == part]
    if len(exact) == 1:
        return exact[0].id
    if len(found) == 1 and not exact:
        return found[0].id
    if not found:
        raise RuleBroken(_("名单里的“%(who)s”在名册上找不到。请核对，或者改用会员编号。", who=part), field="members", code="unknown")
    raise RuleBroken(_("名单里的“%(who)s”不止一个人。请用上面的“找人”选，或者改用会员编号。", who=part), field="members", code="many")
