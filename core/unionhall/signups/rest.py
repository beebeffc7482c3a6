"""Signing up through programs: a sheet as a form, signing up, one's own entries."""

from __future__ import annotations

from datetime import datetime

from flask import url_for
from flask_babel import lazy_gettext as _l

from unionhall.base.errors import Conflict, NotAllowed, NotFound
from unionhall.hooks.api import ApiCall, ApiOperation, ApiPage, ApiResource, ApiScope
from unionhall.host.assets import absolute
from unionhall.signups import entries, fields, labels, people, places, queries, standing, teams, waiting
from unionhall.signups.entries import Full, Wish
from unionhall.signups.fields import LONGEST
from unionhall.signups.models import Audience, Choice, Entry, Field, Kind, Sheet, State, Unit
from unionhall.signups.people import Applicant
from unionhall.signups.rest_forms import (
    AnswerOut,
    ChangeIn,
    ChoiceOut,
    EntryIn,
    EntryOut,
    FieldOut,
    SheetOut,
    TeamOut,
    on_the_website,
    read_change,
    read_new,
    web_only,
)

READ, WRITE = "signups.read", "signups.write"
STILL_OPEN = (standing.Standing.OPEN, standing.Standing.WAITING, standing.Standing.FULL)


def sheet(call: ApiCall) -> SheetOut:
    """Return a sheet as a form, with what is left of everything."""
    found = queries.shown_sheet(call.path["id"])
    _left, waits = places.band(found)
    audience_org = (found.audience_org or found.org).name if found.audience == Audience.SUBTREE else ""
    return SheetOut(
        id=found.id, title=found.title, url=absolute(url_for("signups.sheet", sheet_id=found.id)),
        about_url=absolute(found.owner_url) if found.owner_url else "", org=found.org.slug, org_name=found.org.name,
        standing=standing.of(found, call.now), opens_at=found.opens_at, closes_at=found.closes_at, starts_at=found.starts_at,
        ends_at=found.ends_at, place=found.place, places=found.places, left=places.room(found), waiting_list=waits,
        waiting=found.waiting, unit=Unit(found.unit), team_min=found.team_min, team_max=found.team_max, companions=found.companions,
        cancel_until=found.cancel_until, approval=found.approval, audience=Audience(found.audience), audience_org=audience_org,
        contact=found.contact, consent=found.consent, web_only=web_only(found), fields=[_field(item) for item in found.fields],
    )  # fmt: skip


def _field(item: Field) -> FieldOut:
    return FieldOut(
        name=item.name, kind=Kind(item.kind), label=item.label, help=item.help, required=item.required or item.kind == Kind.CONSENT,
        least=item.least, most=item.most, longest=LONGEST.get(Kind(item.kind)), choices=[_choice(choice) for choice in item.choices],
    )  # fmt: skip


def _choice(item: Choice) -> ChoiceOut:
    return ChoiceOut(id=item.id, label=item.label, left=None if item.quota is None else max(0, item.quota - item.taken))


def sign_up(call: ApiCall) -> EntryOut:
    """Sign the token's person up, as the website does; somebody who is on the sheet gets the entry that they have.

    Raises NotAllowed when it is not for them, RuleBroken when it is not open or needs a file, InvalidInput, Full.
    """
    found, who = queries.shown_sheet(call.path["id"]), _who(call)
    if mine := queries.live(found.id, who):
        return _entry(mine, call.now)
    entries.require_open(found, call.now)
    allowed = people.admission(found, who)
    if not allowed.ok:
        raise NotAllowed(allowed.why, code="not-for-you")
    if web_only(found):
        raise on_the_website(url_for("signups.sheet", sheet_id=found.id))
    wish = _wish(found, call.body)
    try:
        return _entry(entries.sign_up(found, who, wish, actor=call.actor, now=call.now), call.now)
    except Full as full:
        raise Conflict(str(full), code="may-wait" if full.waiting else "full") from None


def _wish(found: Sheet, given: EntryIn) -> Wish:
    names = tuple(name.strip() for name in given.companions if name.strip())
    return Wish(read_new(found, given), names, given.team_name if found.unit == Unit.TEAM else "", "", given.waiting)


def mine(call: ApiCall) -> ApiPage:
    """Return one's own entries, newest first."""
    rows = queries.mine(_who(call), call.limit + 1, after=int(call.after[0]) if call.after else None)
    shown = rows[: call.limit]
    return ApiPage([_entry(row, call.now) for row in shown], [shown[-1].id] if len(rows) > call.limit else None)


def one(call: ApiCall) -> EntryOut:
    """Return one of one's own entries. Raises NotFound for anybody else's."""
    return _entry(_own(call), call.now)


def change(call: ApiCall) -> EntryOut:
    """Change answers until sign-up closes. Raises RuleBroken, InvalidInput, Conflict; Full when a new choice is."""
    entry = _own(call)
    given: ChangeIn = call.body
    entries.require_open(entry.sheet, call.now)
    entries.change(entry, read_change(entry, given), actor=call.actor, now=call.now)
    return _entry(entry, call.now)


def cancel(call: ApiCall) -> EntryOut:
    """Cancel one's own entry; the place goes to who waits. Raises RuleBroken when it is too late."""
    entry = _own(call)
    entries.cancel(entry, actor=call.actor, now=call.now)
    return _entry(entry, call.now)


def accept(call: ApiCall) -> EntryOut:
    """Accept the place that was offered. Raises Conflict when it is not offered any more."""
    entry = _own(call)
    waiting.accept(entry, actor=call.actor, now=call.now)
    return _entry(entry, call.now)


def decline(call: ApiCall) -> EntryOut:
    """Leave the place that was offered to the next. Raises Conflict when none was."""
    entry = _own(call)
    entries.decline(entry, actor=call.actor, now=call.now)
    return _entry(entry, call.now)


def _who(call: ApiCall) -> Applicant:
    found = people.present(call.actor)
    if found is None:
        raise NotFound()
    return found


def _own(call: ApiCall) -> Entry:
    return queries.my_entry(call.path["id"], _who(call))


def _entry(item: Entry, now: datetime) -> EntryOut:
    sheet, accepted = item.sheet, item.state == State.ACCEPTED
    captain = queries.entry(item.captain_id) if item.captain_id else item
    return EntryOut(
        id=item.id, sheet=sheet.id, title=sheet.title, url=absolute(url_for("signups.my_entry", entry_id=item.id)),
        state=State(item.state), state_text=str(labels.MINE[State(item.state)]), place=queries.place_in_line(captain),
        offer_until=item.offer_until, code=item.code if accepted else "", qr=f"S{sheet.id}-{item.code}" if accepted else "",
        reason=item.reason, name=item.name, companions=list(item.people),
        team=_team(item, captain) if sheet.unit == Unit.TEAM else None,
        answers=[AnswerOut(field=said.field.name, label=said.field.label, text=said.text) for said in fields.shown(item, sheet.fields)],
        starts_at=sheet.starts_at, ends_at=sheet.ends_at, location=sheet.place, contact=sheet.contact, checked_in_at=item.checked_in_at,
        may_change=bool(item.alive and sheet.fields and not item.captain_id and standing.of(sheet, now) in STILL_OPEN),
        may_cancel=entries.may_cancel(item, now), created_at=item.created_at, updated_at=item.updated_at,
    )  # fmt: skip


def _team(item: Entry, captain: Entry) -> TeamOut:
    invited = item.leads and item.alive
    link = absolute(url_for("signups.join", token=teams.invitation(item))) if invited else ""
    return TeamOut(name=item.team_name, captain=item.leads, captain_name=captain.name, people=captain.mates + 1, invitation=link)


_OPEN = ("not-yet", "paused", "closed")
RESOURCE = ApiResource("signups", _l("报名"), (
    ApiOperation(
        "GET", "/signups/{id:int}", "sheets_get", _l("一张报名表：要填什么、还有多少名额"), sheet, scope=None, answer=SheetOut,
        errors={404: ("not-found",)},
        description=_l("填好的答案按 fields 里的 name 发。选项发 id；日期写成 2026-05-14；组织写全称或简称；同意项发 true。"),
    ),
    ApiOperation(
        "POST", "/signups/{id:int}/entries", "entries_create", _l("报名"), sign_up, scope=WRITE, body=EntryIn, answer=EntryOut, status=201,
        errors={403: ("not-for-you",), 404: ("not-found",), 409: ("full", "may-wait"), 422: (*_OPEN, "household", "use-website")},
        description=_l("已经报过的得到原来那一份。报满了得到 409：may-wait 是可以候补，带 waiting: true 再发；full 是候补也满了。"
                       "要交文件的表得到 use-website。"),
    ),
    ApiOperation(
        "GET", "/me/signups", "entries_list", _l("我的报名，新的在前"), mine, scope=READ, answer=EntryOut, paged=True, most=50,
    ),
    ApiOperation("GET", "/me/signups/{id:int}", "entries_get", _l("我的一份报名：状态、位次、签到码"), one, scope=READ, answer=EntryOut),
    ApiOperation(
        "PATCH", "/me/signups/{id:int}", "entries_change", _l("改答案，截止前可以改"), change, scope=WRITE, body=ChangeIn, answer=EntryOut,
        if_match="taken", errors={409: ("conflict", "full"), 422: _OPEN},
    ),
    ApiOperation(
        "POST", "/me/signups/{id:int}/cancel", "entries_cancel", _l("取消报名，名额给候补的人"), cancel, scope=WRITE, answer=EntryOut,
        errors={422: ("too-late",)},
    ),
    ApiOperation(
        "POST", "/me/signups/{id:int}/accept", "entries_accept", _l("接受空出来的名额"), accept, scope=WRITE, answer=EntryOut,
        errors={409: ("not-offered", "captain-decides")},
    ),
    ApiOperation(
        "POST", "/me/signups/{id:int}/decline", "entries_decline", _l("不要空出来的名额，让给下一位"), decline, scope=WRITE,
        answer=EntryOut, errors={409: ("not-offered",)},
    ),
), (ApiScope(READ, _l("看我的报名和签到码")), ApiScope(WRITE, _l("替我报名、修改、取消"))))  # fmt: skip
