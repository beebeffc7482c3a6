"""The form of a sheet: its questions added, changed, put in order and taken away; frozen where people are on the sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import select, update

from unionhall.base import db
from unionhall.base.errors import NotFound, RuleBroken
from unionhall.base.text import tidy
from unionhall.hooks.types import Actor
from unionhall.platform import access, audit
from unionhall.platform.access import unscoped
from unionhall.platform.pagecache import purge
from unionhall.signups import places
from unionhall.signups.models import ALIVE, PICKED, SEALED, Answer, Choice, Entry, Field, Kind, Sheet
from unionhall.signups.queries import MANAGE

MOST_FIELDS, MOST_CHOICES = 40, 60


@dataclass(frozen=True)
class Option:
    """One answer to choose: `id` of one that is there already, `quota` None for any number."""

    label: str
    quota: int | None = None
    id: int | None = None


@dataclass(frozen=True)
class Question:
    """What is said of a field. `on_list`: the check-in list shows it; `restricted`: only who may see full data does."""

    kind: Kind
    label: str
    help: str = ""
    required: bool = False
    least: int | None = None
    most: int | None = None
    on_list: bool = False
    restricted: bool = False
    options: tuple[Option, ...] = ()


def add(sheet: Sheet, question: Question, *, actor: Actor, now: datetime) -> Field:
    """Add a question at the end; once somebody is on the sheet only an optional one. Raises RuleBroken, NotAllowed."""
    access.require(actor, MANAGE, sheet.org)
    sheet = places.lock(sheet.id)
    if len(sheet.fields) >= MOST_FIELDS:
        raise RuleBroken(_("一张表最多 %(n)s 项。问得少，报的人才多。", n=MOST_FIELDS))
    if question.required and _occupied(sheet.id):
        raise RuleBroken(_("已经有人报名，新加的项只能是选填。"), field="required")
    field = Field(
        sheet_id=sheet.id,
        position=max((item.position for item in sheet.fields), default=0) + 1,
        kind=question.kind.value,
        version=1,
    )
    _fill(field, question)
    field.choices = [
        Choice(position=at, label=option.label, quota=option.quota, taken=0)
        for at, option in enumerate(_options(question))
    ]
    sheet.fields.append(field)
    db.session().flush()
    _noted("signups.field_added", sheet, field, actor, now)
    return field


def change(field: Field, question: Question, *, actor: Actor, now: datetime) -> None:
    """Change a question; what somebody answered keeps its kind, its choices and at least the quotas taken. Raises RuleBroken."""
    access.require(actor, MANAGE, field.sheet.org)
    sheet = places.lock(field.sheet_id)
    if question.kind != field.kind:
        raise RuleBroken(_("不能换类型。请另加一项。"), field="kind")
    if question.required and not field.required and _occupied(sheet.id):
        raise RuleBroken(_("已经有人报名，选填的项不能改成必填。"), field="required")
    if (question.label, question.help) != (field.label, field.help):
        field.version += 1
    if field.kind in PICKED:
        _change_choices(field, _options(question))
    _fill(field, question)
    db.session().flush()
    _noted("signups.field_changed", sheet, field, actor, now)


def remove(field: Field, *, actor: Actor, now: datetime) -> None:
    """Take a question away that nobody can have answered. Raises RuleBroken otherwise."""
    access.require(actor, MANAGE, field.sheet.org)
    sheet = places.lock(field.sheet_id)
    answered = db.session().scalar(select(Answer.id).where(Answer.field_id == field.id).limit(1))
    if answered or _ever(sheet.id):
        raise RuleBroken(_("已经有人报名，这一项不能删。可以改成选填。"))
    _noted("signups.field_removed", sheet, field, actor, now)
    sheet.fields.remove(field)
    db.session().delete(field)
    db.session().flush()


def arrange(sheet: Sheet, ids: Sequence[int], *, actor: Actor, now: datetime) -> None:
    """Put the questions into this order; those not named keep theirs behind."""
    access.require(actor, MANAGE, sheet.org)
    sheet = places.lock(sheet.id)
    order = {field_id: at for at, field_id in enumerate(ids)}
    for at, field in enumerate(sorted(sheet.fields, key=lambda item: (order.get(item.id, len(order)), item.position))):
        field.position = at
    db.session().flush()
    db.session().expire(sheet, ["fields"])
    audit.record("signups.form_arranged", f"sheet:{sheet.id}", actor=actor, now=now, org_id=sheet.org_id)


def step(sheet: Sheet, field_id: int, by: int, *, actor: Actor, now: datetime) -> None:
    """Move one question up (-1) or down (1). Raises NotFound for one of another sheet."""
    ids = [item.id for item in sheet.fields]
    if field_id not in ids:
        raise NotFound()
    at = ids.index(field_id)
    to = min(max(at + by, 0), len(ids) - 1)
    ids.insert(to, ids.pop(at))
    arrange(sheet, ids, actor=actor, now=now)


def copy(source: Sheet, target: Sheet) -> None:
    """Give a new sheet the questions of another; nobody answered them yet."""
    for item in source.fields:
        options = [Choice(position=each.position, label=each.label, quota=each.quota, taken=0) for each in item.choices]
        target.fields.append(
            Field(
                position=item.position, kind=item.kind, label=item.label, help=item.help, required=item.required, least=item.least,
                most=item.most, on_list=item.on_list, restricted=item.restricted, version=1, choices=options,
            )
        )  # fmt: skip
    db.session().flush()


def of_sheet(sheet: Sheet, field_id: int) -> Field:
    """Return a question of a sheet. Raises NotFound."""
    found = next((item for item in sheet.fields if item.id == field_id), None)
    if found is None:
        raise NotFound()
    return found


def _fill(field: Field, question: Question) -> None:
    if not tidy(question.label):
        raise RuleBroken(_("还没有填问题。"), field="label")
    if question.least is not None and question.most is not None and question.least > question.most:
        raise RuleBroken(_("最大值不能小于最小值。"), field="most")
    field.label, field.help = tidy(question.label)[:120], tidy(question.help)[:300]
    field.required = question.required or field.kind == Kind.CONSENT
    field.least, field.most = question.least, question.most
    field.on_list = question.on_list and field.kind not in (*SEALED, Kind.FILE)
    field.restricted = question.restricted


def _options(question: Question) -> list[Option]:
    """Return the choices, tidied. Raises RuleBroken for too few, too many or equal ones."""
    if question.kind not in PICKED:
        return []
    found = [
        Option(tidy(option.label)[:80], option.quota, option.id) for option in question.options if tidy(option.label)
    ]
    if len(found) < 2:
        raise RuleBroken(_("至少要有两个选项。"), field="options")
    if len(found) > MOST_CHOICES:
        raise RuleBroken(_("最多 %(n)s 个选项。", n=MOST_CHOICES), field="options")
    if len({option.label for option in found}) < len(found):
        raise RuleBroken(_("有两个选项写得一样。"), field="options")
    return found


def _change_choices(field: Field, options: list[Option]) -> None:
    """Keep choices by their label; one that somebody took stays, with a quota that holds them."""
    known = {choice.label: choice for choice in field.choices}
    kept: list[Choice] = []
    for at, option in enumerate(options):
        choice = known.get(option.label) or Choice(label=option.label, taken=0)
        if option.quota is not None and option.quota < choice.taken:
            raise RuleBroken(
                _("“%(choice)s”已经报了 %(n)s 个，限额不能比它少。", choice=choice.label, n=choice.taken),
                field="options",
            )
        choice.position, choice.quota = at, option.quota
        kept.append(choice)
    gone = [choice for choice in field.choices if choice not in kept]
    if gone and _ever(field.sheet_id):
        raise RuleBroken(_("已经有人报名，不能删去或改写选项“%(choice)s”。", choice=gone[0].label), field="options")
    field.choices = kept


def _occupied(sheet_id: int) -> bool:
    somebody = select(Entry.id).where(Entry.sheet_id == sheet_id, Entry.state.in_(ALIVE)).limit(1)
    return db.session().scalar(unscoped(somebody, why="frozen")) is not None


def _ever(sheet_id: int) -> bool:
    return (
        db.session().scalar(unscoped(select(Entry.id).where(Entry.sheet_id == sheet_id).limit(1), why="frozen"))
        is not None
    )


def _noted(act: str, sheet: Sheet, field: Field, actor: Actor, now: datetime) -> None:
    db.session().execute(update(Sheet).where(Sheet.id == sheet.id).values(updated_at=now))
    purge(places.page_tag(sheet.id))
    audit.record(act, f"sheet:{sheet.id}", actor=actor, now=now, org_id=sheet.org_id, field=field.id)


def parsed(text: str) -> list[Option]:
    """Return the choices that were typed one a line, "电工 | 30" with a quota. Raises RuleBroken for a quota that is no number."""
    found = []
    for line in text.splitlines():
        label, bar, quota = line.replace("｜", "|").rpartition("|")
        if not bar:
            label, quota = quota, ""
        number = quota.strip()
        if number and not (number.isdecimal() and len(number) < 8 and int(number) > 0):
            raise RuleBroken(
                _("“%(line)s”竖线后面要写限额，一个大于 0 的整数。", line=tidy(line)[:40]), field="options"
            )
        if label.strip():
            found.append(Option(label, int(number) if number else None))
    return found


def day(value: str) -> date:
    """Return the day that an answer holds."""
    return date.fromisoformat(value)
