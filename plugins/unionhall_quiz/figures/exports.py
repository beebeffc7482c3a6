"""Right answers by topic as a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from unionhall.plugin import Actor, Cell, ExportSource, NotFound, clock
from unionhall_quiz import rights
from unionhall_quiz.figures import queries
from unionhall_quiz.team import labels
from unionhall_quiz.team import queries as team

EACH = 500


def header(_filters: Mapping[str, str]) -> Sequence[str]:
    """Return the columns."""
    return [_("主题"), _("答题次数"), _("答对次数"), _("答对（%）"), _("前半段（%）"), _("后半段（%）")]


def rows(actor: Actor, _scope: str, filters: Mapping[str, str]) -> Iterator[Sequence[Cell]]:
    """Yield the lines of the page."""
    asked = filters.get("round", "")
    if not asked.isdecimal() or len(asked) > 9:
        return
    try:
        found = queries.round_of(int(asked), actor)
    except NotFound:
        return
    since, until = queries.span(found, clock.local_day(clock.now()))
    for line in queries.topics(found.id, since, until):
        yield [line.name, line.answers, line.right, round(line.percent, 1), _short(line.before), _short(line.after)]


def _short(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def day_header(_filters: Mapping[str, str]) -> Sequence[str]:
    """Return the columns of the days."""
    return [_("日期"), _("名称"), _("参加的人"), _("人次"), _("答对够数的人次")]


def day_rows(actor: Actor, scope: str, filters: Mapping[str, str]) -> Iterator[Sequence[Cell]]:
    """Yield the days that the list shows."""
    span, page = queries.asked_span(filters, clock.local_day(clock.now())), 1
    while True:
        lines, _total = queries.day_lines(actor, scope, *span, page=page, size=EACH)
        for line in lines:
            yield [line.day, line.title, line.people, line.attempts, line.passed]
        if len(lines) < EACH:
            return
        page += 1


def age_header(_filters: Mapping[str, str]) -> Sequence[str]:
    """Return the columns of the ages."""
    return [_("名称"), _("月份"), _("年龄"), _("参加的人")]


def age_rows(actor: Actor, _scope: str, filters: Mapping[str, str]) -> Iterator[Sequence[Cell]]:
    """Yield the bands of age of each month of a round; small numbers are left out."""
    asked = filters.get("round", "")
    try:
        found = queries.round_of(int(asked) if asked.isdecimal() and len(asked) < 10 else 0, actor)
    except NotFound:
        return
    for kept in team.months(found.id):
        for band, people in team.ages(found.id, kept.month):
            yield [found.title, kept.month, labels.band(band), people]


SOURCES = (
    ExportSource("quiz.topics", _l("每日一答：各主题答对情况"), rights.READ, header, rows, personal=False),
    ExportSource("quiz.taking_part", _l("每日一答：每天参加的人数"), rights.READ, day_header, day_rows, personal=False),
    ExportSource("quiz.ages", _l("每日一答：参加的人的年龄"), rights.READ, age_header, age_rows, personal=False),
)
