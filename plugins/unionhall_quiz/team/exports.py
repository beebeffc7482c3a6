"""Unions by the share of their members that took part, as a spreadsheet: numbers only, small ones left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from unionhall.plugin import Actor, Cell, ExportSource, orgs_where, scoped, session
from unionhall_quiz import rights
from unionhall_quiz.play.models import Round
from unionhall_quiz.team import queries


def header(_filters: Mapping[str, str]) -> Sequence[str]:
    """Name the columns."""
    return [_("名称"), _("月份"), _("工会"), _("参加的人"), _("会员"), _("比例（%）")]


def rows(actor: Actor, scope: str, filters: Mapping[str, str]) -> Iterable[Sequence[Cell]]:
    """Yield the unions of the round's newest month that stand in the scope."""
    asked = filters.get("round", "")
    number = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 10 else 0
    found = session().scalar(scoped(select(Round).where(Round.id == number), Round, actor, rights.READ))
    kept = next(iter(queries.months(number)), None) if found else None
    if found is None or kept is None:
        return
    for org in [each for each in orgs_where(actor, rights.READ, below=scope) if each.path.startswith(queries.base(found).path)]:
        for team in queries.teams(found, kept.month, org):
            percent = None if team.percent is None else round(team.percent, 1)
            yield [found.title, kept.month, team.org.name, team.people, team.members, percent]


TEAMS = ExportSource("quiz.teams", _l("每日一答：各工会参加比例"), rights.READ, header, rows, personal=False)
