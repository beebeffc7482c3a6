"""Personal data of chapters: what a person sees of it, what goes when they have it erased, what stays and why."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select, update

from unionhall.plugin import SYSTEM, Kept, Person, PersonalData, clock, session, unscoped
from unionhall_chapters import queries
from unionhall_chapters.joining import offices
from unionhall_chapters.joining.models import Application, Belonging, Office, Unorganised


def export(person: Person) -> dict[str, Any]:
    """Return the chapters that a person belongs or belonged to, what they asked, the offices they held."""
    found = _of_member(person.member_id) if person.member_id is not None else {}
    if person.account_id is not None:
        asked = unscoped(select(Unorganised).where(Unorganised.account_id == person.account_id), why="oneself")
        found[_("想加入工会的登记")] = [
            {_("姓名"): row.name, _("单位"): row.employer, _("时间"): _at(row.asked_at)} for row in session().scalars(asked)
        ]
    return {heading: rows for heading, rows in found.items() if rows}


def _of_member(member_id: int) -> dict[str, Any]:
    belongings = list(session().scalars(select(Belonging).where(Belonging.member_id == member_id).order_by(Belonging.id)))
    asked = list(session().scalars(select(Application).where(Application.member_id == member_id).order_by(Application.id)))
    held = list(session().scalars(select(Office).where(Office.member_id == member_id).order_by(Office.id)))
    ids = {row.chapter_id for row in belongings} | {row.chapter_id for row in asked} | {row.chapter_id for row in held}
    names, chapter = {key: item.name for key, item in queries.by_ids(ids).items()}, _("协会")
    return {
        _("协会会籍"): [
            {
                chapter: names[row.chapter_id], _("加入"): row.joined_on.isoformat(), _("见习期至"): _day(row.probation_until),
                _("离开"): _at(row.left_at),
            }
            for row in belongings
        ],
        _("加入协会的申请"): [
            {
                chapter: names[row.chapter_id], _("申请"): _at(row.asked_at), _("写的话"): row.words, _("答复"): row.reason,
                _("状态"): row.state,
            }
            for row in asked
        ],
        _("协会职务"): [
            {chapter: names[row.chapter_id], _("职务"): row.title, _("任期"): f"{row.since} – {row.ended_on or row.until}"} for row in held
        ],
    }  # fmt: skip


def erase(person: Person, now: datetime) -> Iterable[Kept]:
    """Remove words and requests, end what is open; that somebody held an office stays, without a way back to them in the roster."""
    quiet = {"synchronize_session": False}
    if person.account_id is not None:
        session().execute(delete(Unorganised).where(Unorganised.account_id == person.account_id).execution_options(**quiet))
    if person.member_id is None:
        return []
    for office in list(session().scalars(select(Office).where(Office.member_id == person.member_id, Office.ended_on.is_(None)))):
        offices.step_down(office, actor=SYSTEM, now=now)
    mine = Application.member_id == person.member_id
    session().execute(update(Application).where(mine).values(words="", reason="", account_id=None).execution_options(**quiet))
    waiting = update(Application).where(mine, Application.state == "open").values(state="withdrawn", decided_at=now)
    session().execute(waiting.execution_options(**quiet))
    gone = update(Belonging).where(Belonging.member_id == person.member_id, Belonging.left_at.is_(None)).values(left_at=now)
    session().execute(gone.execution_options(**quiet))
    session().expire_all()
    held = session().scalar(select(Belonging.id).where(Belonging.member_id == person.member_id).limit(1))
    if held is None:
        return []
    return [Kept(_l("加入和离开协会的日期、担任过的职务，不含姓名"), _l("协会的会员人数和历届任职要能核对（《工会法》、协会章程）"))]


def _at(moment: datetime | None) -> str | None:
    return clock.local(moment).isoformat() if moment else None


def _day(day: object) -> str | None:
    return str(day) if day else None


PERSONAL = PersonalData("chapters.joining", _l("协会会籍和任职"), export, erase)
