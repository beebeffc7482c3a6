"""The kinds of fields of a form: how each is read, kept and shown."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from unionhall.base import db
from unionhall.base.text import tidy
from unionhall.media import files
from unionhall.media.documents import Document
from unionhall.media.images import Picture
from unionhall.members import identity
from unionhall.orgs.models import Org
from unionhall.signups.models import PICKED, Answer, Entry, Field, Kind, Pick

KINDS = {
    Kind.TEXT: _l("一行文字"), Kind.LONG: _l("多行文字"), Kind.NUMBER: _l("数字"), Kind.CHOICE: _l("单选"), Kind.CHOICES: _l("多选"),
    Kind.DATE: _l("日期"), Kind.FILE: _l("文件"), Kind.ID: _l("身份证号"), Kind.MOBILE: _l("手机号"), Kind.ORG: _l("组织"),
    Kind.CONSENT: _l("知情同意"),
}  # fmt: skip
LONGEST = {Kind.TEXT: 120, Kind.LONG: 2000}


@dataclass(frozen=True, slots=True)
class Given:
    """One answer as it arrives: a JSON value, a folded number to be sealed, ids of choices, or a judged file."""

    value: Any = None
    number: str = ""
    picks: tuple[int, ...] = ()
    upload: Picture | Document | None = None
    file_name: str = ""

    @property
    def empty(self) -> bool:
        """True when nothing was said."""
        return self.value in (None, "") and not self.number and not self.picks and self.upload is None


@dataclass(frozen=True, slots=True)
class Shown:
    """One answer as a page shows it; a sealed one is masked, a file has an address by its field's id."""

    field: Field
    text: str
    sealed: bool = False
    file: bool = False


def picked(given: Mapping[int, Given]) -> tuple[int, ...]:
    """Return the ids of all choices made."""
    return tuple(sorted({choice for item in given.values() for choice in item.picks}))


def store(entry: Entry, fields: Iterable[Field], given: Mapping[int, Given]) -> list[str]:
    """Keep the answers of an entry, over those it had; returns names of stored files that nobody needs any more."""
    old = {answer.field_id: answer for answer in entry.answers}
    gone: list[str] = []
    for field in fields:
        item = given.get(field.id)
        if item is None or field.kind in PICKED:
            continue
        before = old.get(field.id)
        if item.empty:
            if before and field.kind not in (Kind.ID, Kind.MOBILE, Kind.FILE):
                entry.answers.remove(before)
            continue
        answer = before or Answer(field_id=field.id)
        if answer.file:
            gone.append(answer.file)
        _fill(answer, field, item)
        if before is None:
            entry.answers.append(answer)
    wanted = set(picked(given))
    entry.picks[:] = [pick for pick in entry.picks if pick.choice_id in wanted]
    entry.picks.extend(Pick(choice_id=choice) for choice in sorted(wanted - {pick.choice_id for pick in entry.picks}))
    return gone


def _fill(answer: Answer, field: Field, item: Given) -> None:
    answer.value, answer.sealed = item.value, ""
    if field.kind == Kind.ID:
        answer.sealed = identity.seal_id(item.number)
    elif field.kind == Kind.MOBILE:
        answer.sealed = identity.seal_mobile(item.number)
    elif field.kind == Kind.CONSENT:
        answer.value = {"version": field.version, "text": field.label}
    elif item.upload is not None:
        stem = secrets.token_hex(24)
        answer.file, answer.file_mime = f"{stem[:2]}/{stem}.bin", item.upload.mime
        answer.file_name = tidy(item.file_name)[-120:] or _("文件")
        files.write([(answer.file, item.upload.data)])


def shown(entry: Entry, fields: Iterable[Field], *, restricted: bool = True) -> list[Shown]:
    """Return an entry's answers in the form's order, numbers masked; without those that need the right to full data
    unless `restricted`."""
    found, kept = [], {answer.field_id: answer for answer in entry.answers}
    chosen = {pick.choice_id for pick in entry.picks}
    for field in fields:
        if field.restricted and not restricted:
            continue
        if field.kind in PICKED:
            text = "、".join(choice.label for choice in field.choices if choice.id in chosen)
            if text:
                found.append(Shown(field, text))
        elif answer := kept.get(field.id):
            found.append(Shown(field, as_text(field, answer), bool(answer.sealed), bool(answer.file)))
    return found


def as_text(field: Field, answer: Answer, *, full: bool = False) -> str:
    """Return one answer in words; a sealed number masked unless `full` (whoever asks for that notes a look)."""
    if field.kind == Kind.ID:
        return identity.open_id(answer.sealed) if full else identity.masked_id(answer.sealed)
    if field.kind == Kind.MOBILE:
        return identity.open_mobile(answer.sealed) if full else identity.masked_mobile(answer.sealed)
    if field.kind == Kind.FILE:
        return answer.file_name
    if field.kind == Kind.CONSENT:
        return _("已同意（第 %(n)s 版）", n=answer.value["version"])
    if field.kind == Kind.ORG:
        return db.session().scalar(select(Org.name).where(Org.id == answer.value)) or ""
    return str(answer.value)


def as_given(field: Field, data: Any) -> Given:
    """Return what a form's field holds, as an answer (files are read apart)."""
    if data in (None, "", []):
        return Given()
    if field.kind in PICKED:
        return Given(picks=tuple(data) if isinstance(data, (list, tuple)) else (data,))
    if field.kind in (Kind.ID, Kind.MOBILE):
        return Given(number=identity.folded(data))
    if isinstance(data, date):
        return Given(data.isoformat())
    if isinstance(data, str):
        return Given(tidy(data, one_line=field.kind != Kind.LONG))
    return Given(data)
