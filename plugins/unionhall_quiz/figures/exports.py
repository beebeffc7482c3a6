"""Right answers by topic as a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from unionhall.plugin import Actor, Cell, ExportSource, NotFound, clock
from unionhall_quiz import rights
from unionhall_quiz.figures import queries


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


SOURCE = ExportSource("quiz.topics", _l("每日一答：各主题答对情况"), rights.READ, header, rows, personal=False)
