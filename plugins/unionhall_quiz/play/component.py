"""A round as a component of a campaign, "quiz.round": how it stands, how many answered today, the way there; who took part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from flask import render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy import ColumnElement, func, select
from wtforms import Form, SelectField

from unionhall.plugin import (
    ComponentType,
    ComponentView,
    DeskForm,
    Figure,
    Text,
    absolute,
    clock,
    form_choices,
    session,
    unscoped,
)
from unionhall_quiz.play import queries, shown
from unionhall_quiz.play.models import Attempt, AttemptState, Round, RoundState


class ChoiceForm(DeskForm):
    """Which round."""

    round = SelectField(_l("哪一轮每日一答"), coerce=int, validate_choice=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        wanted = select(Round.id, Round.title).where(Round.state != RoundState.DRAFT).order_by(Round.id.desc()).limit(200)
        rows = session().execute(unscoped(wanted, why="public"))
        self.round.choices = form_choices([(0, _("（还没选）")), *((row.id, row.title) for row in rows)])


def _chosen(view: ComponentView) -> Round | None:
    number = view.config.get("round")
    found = queries.by_ids([number]).get(number) if isinstance(number, int) else None
    return found if found and found.public else None


def _config(form: Form) -> Mapping[str, Any]:
    return {"round": form["round"].data or 0}


def _render(view: ComponentView, now: datetime) -> Markup:
    found = _chosen(view)
    return Markup(render_template("quiz/play/component.html", row=shown.rows([found], now)[0])) if found else Markup("")


def _within(view: ComponentView, found: Round) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = [Attempt.round_id == found.id, Attempt.state == AttemptState.SCORED]
    where += [Attempt.day >= clock.local_day(view.starts_at)] if view.starts_at else []
    where += [Attempt.day <= clock.local_day(view.ends_at)] if view.ends_at else []
    return where


def _figures(view: ComponentView) -> Iterable[Figure]:
    found = _chosen(view)
    if found is None:
        return []
    where, by_day, by_org = _within(view, found), dict[date, int](), Counter[int]()
    row = session().execute(select(func.count(func.distinct(Attempt.member_id)), func.count()).where(*where)).one()
    for day, number in session().execute(select(Attempt.day, func.count()).where(*where).group_by(Attempt.day)):
        by_day[day] = int(number)
    people = select(Attempt.org_path, func.count(func.distinct(Attempt.member_id))).where(*where).group_by(Attempt.org_path)
    for path, number in session().execute(people):
        if last := str(path).strip("/").rpartition("/")[2]:
            by_org[int(last)] += int(number)
    url = f"/desk/quiz/rounds/{found.id}/"
    return [Figure(_l("参加答题"), int(row[0]), int(row[1]), url=url, by_day=by_day, by_org=dict(by_org))]


def _lacks(view: ComponentView) -> Iterable[Text]:
    if _chosen(view) is None:
        yield _("“%(title)s”还没有选哪一轮每日一答。", title=view.title)


def _data(view: ComponentView, now: datetime) -> Mapping[str, Any]:
    found = _chosen(view)
    if found is None:
        return {}
    row = shown.rows([found], now)[0]
    return {"round": found.slug, "url": absolute(row.url), "open": row.standing.open, "today": row.done}


ROUND = ComponentType(
    "quiz.round", _l("每日一答"), _l("选一轮每日一答：现在能不能答、今天多少人答过、去答题的按钮；数出活动期间多少人参加。"), _render,
    icon="quiz", form=lambda: ChoiceForm, config_of=_config, lacks=_lacks, figures=_figures, data=_data, place="rail", frozen=True,
)  # fmt: skip
