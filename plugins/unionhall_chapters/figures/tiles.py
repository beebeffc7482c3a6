"""The tiles above the comparison: a number, what it was a year before, and the way to the rows behind it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask_babel import format_decimal
from flask_babel import gettext as _

from unionhall.plugin import Actor, can
from unionhall_chapters import labels, rights
from unionhall_chapters.benefits.labels import yuan
from unionhall_chapters.figures.queries import Totals

HIDDEN = "—"


@dataclass(frozen=True, slots=True)
class Tile:
    """A number as it is read, with a line below it; `before` is last year's, `change` in per cent."""

    label: str
    number: str
    note: str
    before: str
    change: str
    url: str = ""


def rate(value: float | None) -> str:
    """Return a rate with one place after the point."""
    return HIDDEN if value is None else format_decimal(round(value, 1), "#,##0.0")


def whole(value: int | None) -> str:
    """Return a whole number."""
    return HIDDEN if value is None else format_decimal(value)


def share(part: int, of: int) -> str:
    """Return a share in per cent."""
    return f"{round(100 * part / of)}%" if of else HIDDEN


def of(now: Totals, ago: Totals, actor: Actor, path: str) -> list[Tile]:
    """Return the tiles of a place."""
    kinds = "、".join(_("%(kind)s %(n)s 个", kind=labels.KINDS[kind], n=number) for kind, number in sorted(now.kinds.items()))
    chapters = url_for("chapters_desk.chapters")
    claims = url_for("chapters_desk.all_claims") if can(actor, rights.CLAIMS, path) else ""
    number, before = sum(now.kinds.values()), sum(ago.kinds.values())
    covered = _("二次覆盖 %(n)s 人，占 %(share)s", n=whole(now.members.second), share=share(now.members.second, now.members.people))
    return [
        _tile(_("协会"), number, before, kinds, chapters),
        _tile(_("协会会员（每人只算一次）"), now.members.people, ago.members.people, covered, chapters),
        _tile(_("活动场次"), now.held, ago.held, _("参加 %(n)s 人", n=whole(now.people))),
        _tile(_("活动人次"), now.times, ago.times),
        _tile(_("志愿服务小时"), now.hours, ago.hours, _("志愿者 %(n)s 人", n=whole(now.volunteers))),
        _tile(_("享受福利的人数"), now.paid_people, ago.paid_people, _paid(now), claims),
        Tile(
            _("工间操开展率"), share(now.practised, now.teams), _("%(n)s 支队里做过的有 %(m)s 支", n=now.teams, m=now.practised),
            share(ago.practised, ago.teams), "", url_for("chapters_desk.exercise"),
        ),
    ]  # fmt: skip


def _paid(now: Totals) -> str:
    return _("发放 %(yuan)s", yuan=yuan(now.paid_fen)) if now.paid_fen is not None else ""


def _tile(label: str, now: int | None, before: int | None, note: str = "", url: str = "") -> Tile:
    change = ""
    if now is not None and before:
        percent = round(100 * (now - before) / before)
        change = f"+{percent}%" if percent > 0 else f"−{-percent}%" if percent else _("持平")
    return Tile(label, whole(now), note, whole(before), change, url)
