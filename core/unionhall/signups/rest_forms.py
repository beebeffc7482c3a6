"""What programs send and get of sign-up sheets and entries: the models, and answers brought into the website's own form."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from flask_babel import gettext as _
from pydantic import Field as Limits
from pydantic import StrictBool, StrictInt, StrictStr
from werkzeug.datastructures import MultiDict

from unionhall.base.errors import InvalidInput, RuleBroken
from unionhall.hooks.api import ApiModel, Id
from unionhall.host.assets import absolute
from unionhall.signups import forms, site
from unionhall.signups.fields import Given
from unionhall.signups.models import PICKED, Audience, Entry, Field, Kind, Sheet, State, Unit
from unionhall.signups.standing import Standing

Value = StrictBool | Annotated[StrictInt, Limits(ge=-forms.BIG, le=forms.BIG)] | Annotated[StrictStr, Limits(max_length=2000)]
Values = Annotated[list[Id], Limits(max_length=60)]
Answers = Annotated[
    dict[Annotated[str, Limits(max_length=20)], Value | Values | None],
    Limits(max_length=60, examples=[{"f12": "三车间", "f13": 40}], description="by the field's name"),
]
ON = "y"
KINDS: Mapping[str, type] = {Kind.NUMBER: int, Kind.CHOICE: int, Kind.CHOICES: list, Kind.CONSENT: bool}


class ChoiceOut(ApiModel):
    """An answer to choose, sent by its id; `left` is null without a quota."""

    id: int
    label: str
    left: int | None


class FieldOut(ApiModel):
    """A question. `least` and `most` bound a number, `longest` the characters of a text; numbers of documents and mobiles
    are texts, a date "2026-05-14", an org its name, a consent true; a file can only be sent on the website."""

    name: str
    kind: Kind
    label: str
    help: str
    required: bool
    least: int | None
    most: int | None
    longest: int | None
    choices: list[ChoiceOut]


class SheetOut(ApiModel):
    """A sheet as a form. `standing` says what somebody who comes now finds; `left` is null without a limit.

    `web_only`: a file is needed, which only the website takes. `consent` is to be shown, and agreed to with `consent: true`.
    """

    id: int
    title: str
    url: str
    about_url: str
    org: str
    org_name: str
    standing: Standing
    opens_at: datetime | None
    closes_at: datetime | None
    starts_at: datetime | None
    ends_at: datetime | None
    place: str
    places: int | None
    left: int | None
    waiting_list: bool
    waiting: int
    unit: Unit
    team_min: int
    team_max: int
    companions: int
    cancel_until: datetime | None
    approval: bool
    audience: Audience
    audience_org: str
    contact: str
    consent: str
    web_only: bool
    fields: list[FieldOut]


class EntryIn(ApiModel):
    """What somebody signs up with. `waiting: true` takes a place on the waiting list when no other is left."""

    answers: Answers = {}
    companions: list[Annotated[str, Limits(max_length=60)]] = Limits([], max_length=20)
    team_name: str = Limits("", max_length=60)
    consent: bool = False
    waiting: bool = False


class ChangeIn(ApiModel):
    """The answers to change; the others stay. null empties an answer."""

    answers: Answers


class AnswerOut(ApiModel):
    """One's own answer in words; numbers of documents and mobiles are masked."""

    field: str
    label: str
    text: str


class TeamOut(ApiModel):
    """One's team. `invitation` is the address by which others join, for the captain alone."""

    name: str
    captain: bool
    captain_name: str
    people: int
    invitation: str


class EntryOut(ApiModel):
    """One's own entry. `place` is where it stands on the waiting list, 1 for the next; an offer is to be accepted before
    `offer_until`. `code` and `qr` (what the QR code holds) open the door, once it is accepted."""

    id: int
    sheet: int
    title: str
    url: str
    state: State
    state_text: str
    place: int | None
    offer_until: datetime | None
    code: str
    qr: str
    reason: str
    name: str
    companions: list[str]
    team: TeamOut | None
    answers: list[AnswerOut]
    starts_at: datetime | None
    ends_at: datetime | None
    location: str
    contact: str
    checked_in_at: datetime | None
    may_change: bool
    may_cancel: bool
    created_at: datetime
    updated_at: datetime


class UseWebsite(RuleBroken):
    """What is asked for can only be done on the website; the message holds the address."""

    code = "use-website"


def web_only(sheet: Sheet) -> bool:
    """Say whether nobody can sign up without sending a file."""
    return any(item.kind == Kind.FILE and item.required for item in sheet.fields)


def on_the_website(url: str) -> UseWebsite:
    """Return the refusal that leads to the website's page."""
    return UseWebsite(_("这张表要交文件，请到网站上报名：%(url)s", url=absolute(url)))


def read_new(sheet: Sheet, given: EntryIn) -> dict[int, Given]:
    """Return the answers of a new entry, judged by the website's form. Raises InvalidInput with every problem."""
    values = _values(sheet, given.answers)
    lines = "\n".join(given.companions)
    extra = {"companions": lines, "team_name": given.team_name, "consent": ON if given.consent else ""}
    values.update({name: value for name, value in extra.items() if value})
    form = forms.answer_form(sheet, guest=False, find_org=site.find_org)(formdata=values, meta={"csrf": False})
    _judge(form)
    return form.given()


def read_change(entry: Entry, given: ChangeIn) -> dict[int, Given]:
    """Return the answers of an entry after the change: those named, and all choices. Raises InvalidInput."""
    sheet = entry.sheet
    values = _kept(entry, {name for name, _value in given.answers.items()})
    values.update(_values(sheet, given.answers))
    form = forms.answer_form(sheet, guest=False, find_org=site.find_org, entry=entry)(formdata=values, meta={"csrf": False})
    _judge(form)
    found = form.given()
    return {item.id: found[item.id] for item in sheet.fields if item.id in found and (item.kind in PICKED or item.name in given.answers)}


def _values(sheet: Sheet, answers: Mapping[str, Any]) -> MultiDict[str, str]:
    """Return answers as a browser would send them. Raises InvalidInput for unknown names and values of another type."""
    known = {item.name: item for item in sheet.fields}
    values: MultiDict[str, str] = MultiDict()
    problems = []
    for name, value in answers.items():
        item = known.get(name)
        if item is None:
            problems.append((f"answers.{name}", _("这张表没有这一项。"), "unknown"))
        elif item.kind == Kind.FILE:
            problems.append((f"answers.{name}", _("文件只能在网站上交。"), "use-website"))
        elif value is not None and type(value) is not KINDS.get(item.kind, str):
            problems.append((f"answers.{name}", _("类型或写法不对。"), "value"))
        else:
            values.setlist(name, _sent(value))
    if problems:
        raise _invalid(problems)
    return values


def _sent(value: Any) -> list[str]:
    if isinstance(value, bool) or value is None:
        return [ON] if value else []
    return [str(part) for part in value] if isinstance(value, list) else [str(value)]


def _kept(entry: Entry, named: set[str]) -> MultiDict[str, str]:
    """Return the answers that are not named, as a browser would send them again."""
    answers, chosen = {answer.field_id: answer for answer in entry.answers}, {pick.choice_id for pick in entry.picks}
    values: MultiDict[str, str] = MultiDict()
    for item in entry.sheet.fields:
        if item.name in named:
            continue
        if item.kind in PICKED:
            values.setlist(item.name, [str(choice.id) for choice in item.choices if choice.id in chosen])
        elif (answer := answers.get(item.id)) and item.kind not in (Kind.ID, Kind.MOBILE, Kind.FILE):
            values.setlist(item.name, [ON] if item.kind == Kind.CONSENT else [_again(item, answer.value)])
    return values


def _again(item: Field, value: Any) -> str:
    return site.org_name(value) if item.kind == Kind.ORG else str(value)


def _judge(form: forms.AnswerForm) -> None:
    if form.validate():
        return
    asked = {item.name for item in form.asked}
    raise _invalid([
        (f"answers.{field.short_name}" if field.short_name in asked else field.short_name, str(message), "value")
        for field in form for message in field.errors
    ])  # fmt: skip


def _invalid(problems: list[tuple[str, str, str]]) -> InvalidInput:
    return InvalidInput(_("有 %(n)d 处不对，见 problems。", n=len(problems)), tuple(problems))
