"""How the days of rounds went, as a list to export: numbers only, nobody's name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from unionhall.plugin import Actor, Cell, ExportSource, scoped, session
from unionhall_quiz import rights
from unionhall_quiz.play import queries
from unionhall_quiz.play.models import Round


def header(_filters: Mapping[str, str]) -> Sequence[str]:
    """Name the columns."""
    return [_("名称"), _("日期"), _("开始"), _("交了"), _("通过"), _("答对率")]


def rows(actor: Actor, scope: str, filters: Mapping[str, str]) -> Iterable[Sequence[Cell]]:
    """Yield a line for each day of the rounds that this actor may see, of one round or of all; the right answers in percent."""
    wanted, asked = scoped(select(Round), Round, actor, rights.READ, scope), filters.get("round", "")
    if asked:
        wanted = wanted.where(Round.id == (int(asked) if asked.isdecimal() and len(asked) < 10 else 0))
    for found in session().scalars(wanted.order_by(Round.id)).all():
        for day in queries.turnout(found.id, most=4000):
            yield [found.title, day.day, day.begun, day.scored, day.passed, "" if day.rate is None else f"{day.rate}%"]


DAYS = ExportSource("quiz.days", _l("每日一答每天的情况"), rights.READ, header, rows, personal=False)
