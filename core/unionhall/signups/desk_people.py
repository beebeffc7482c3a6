"""The desk's list of a sheet's people: filters, decisions in bulk, one entry, somebody added by hand, a message."""

from __future__ import annotations

from flask import abort, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from unionhall.base import clock, db
from unionhall.base.errors import NotFound, UnionHallError
from unionhall.base.web import fail, go, never_cache, safe_next
from unionhall.desk.lists import Pager, export_url, page_number
from unionhall.members import identity, looks
from unionhall.platform import audit
from unionhall.platform.access import can, current_actor, needs
from unionhall.signups import checkin, decisions, fields, labels, lists, my, queries
from unionhall.signups.desk import frame
from unionhall.signups.desk_blueprint import bp
from unionhall.signups.entries import Wish
from unionhall.signups.forms import DecisionForm, MessageForm, ReasonForm
from unionhall.signups.lists import Filter
from unionhall.signups.models import SEALED, Entry, Sheet
from unionhall.signups.queries import MANAGE, READ


@bp.get("/<int:sheet_id>/")
@needs(READ)
def people(sheet_id: int) -> ResponseReturnValue:
    """List who signed up."""
    never_cache()
    return _list(queries.managed(sheet_id, current_actor(), READ), DecisionForm(formdata=None))


def _list(found: Sheet, form: DecisionForm, ticked: set[int] | None = None) -> str:
    chosen, page = Filter.of(request.args), page_number()
    total = lists.number(found, chosen)
    rows = lists.people(found, chosen, offset=(page - 1) * lists.SIZE)
    return render_template(
        "signups/desk_people.html", sheet=found, rows=rows, counts=lists.counts(found), filter=chosen, form=form, states=labels.STATES,
        tones=labels.TONES, pager=Pager(page, total, lists.SIZE), choices=lists.choices(found), line=queries.places_in_line(rows),
        word=labels.state_word,
        masked=identity.masked_mobile, ticked=ticked or set(), total=total, picked=_picked(found),
        export=export_url("signups.people", {"sheet": str(found.id), **chosen.values()}), frame=frame(found),
    )  # fmt: skip


def _picked(found: Sheet) -> dict[int, str]:
    return {choice.id: choice.label for _field, options in lists.choices(found) for choice in options}


@bp.post("/<int:sheet_id>/decide")
@needs(MANAGE)
def decide(sheet_id: int) -> ResponseReturnValue:
    """Accept, refuse, move to the waiting list or cancel the ticked entries."""
    actor, form, verdict = current_actor(), DecisionForm(), request.form.get("verdict", "")
    found = queries.managed(sheet_id, actor, MANAGE)
    if verdict not in decisions.FROM:
        abort(400)
    ids = [int(value) for value in request.form.getlist("ids") if value.isdecimal() and len(value) < 10]
    if not form.accepted():
        return _list(found, form, set(ids)), 422
    try:
        done, left = decisions.decide(found, ids, verdict, reason=form.reason.data or "", actor=actor, now=clock.now())
    except UnionHallError as error:
        form.refuse(error)
        db.session().rollback()
        return _list(queries.managed(sheet_id, actor, READ), form, set(ids)), error.status
    flash(ngettext("%(num)d 份办好了。", "%(num)d 份办好了。", done), "ok" if done else "info")
    if left:
        flash(
            ngettext("%(num)d 份现在的状态不能这样办，没有动。", "%(num)d 份现在的状态不能这样办，没有动。", left),
            "warn",
        )
    return go(safe_next(request.form.get("next"), url_for("signups_desk.people", sheet_id=sheet_id)))


def _entry(sheet_id: int, entry_id: int, permission: str) -> tuple[Sheet, Entry]:
    never_cache()
    found = queries.managed(sheet_id, current_actor(), permission)
    return found, checkin.of_sheet(found, entry_id)


@bp.get("/<int:sheet_id>/entries/<int:entry_id>")
@needs(READ)
def entry(sheet_id: int, entry_id: int) -> ResponseReturnValue:
    """Show one entry, numbers masked."""
    found, item = _entry(sheet_id, entry_id, READ)
    return _entry_page(found, item, ReasonForm(formdata=None), {})


@bp.post("/<int:sheet_id>/entries/<int:entry_id>/reveal")
@needs(MANAGE)
def reveal(sheet_id: int, entry_id: int) -> ResponseReturnValue:
    """Show the full numbers of one entry, once, for a reason; the person can see that somebody looked."""
    actor, now, form = current_actor(), clock.now(), ReasonForm()
    found, item = _entry(sheet_id, entry_id, MANAGE)
    if not form.accepted():
        return _entry_page(found, item, form, {}), 422
    why = form.reason.data or ""
    if item.member_id:
        looks.note([item.member_id], what="signup", why=why, actor=actor, org_id=found.org_id, now=now)
    audit.record("signups.revealed", f"signup:{item.id}", actor=actor, now=now, org_id=found.org_id)
    answers = {answer.field_id: answer for answer in item.answers}
    full = {
        field.id: fields.as_text(field, answers[field.id], full=True)
        for field in found.fields
        if field.kind in SEALED and field.id in answers
    }
    return _entry_page(found, item, ReasonForm(formdata=None), full | {0: identity.open_mobile(item.mobile_sealed)})


def _entry_page(found: Sheet, item: Entry, form: ReasonForm, full: dict[int, str]) -> str:
    leader = queries.entry(item.captain_id) if item.captain_id else item
    return render_template(
        "signups/desk_entry.html", sheet=found, entry=item, form=form, full=full, masked=identity.masked_mobile(item.mobile_sealed),
        answers=fields.shown(item, found.fields, restricted=can(current_actor(), MANAGE, found.org)), states=labels.STATES,
        tones=labels.TONES, word=labels.state_word(item, queries.place_in_line(item)), mates=queries.mates(leader), captain=leader,
        decision=DecisionForm(formdata=None), frame=frame(found),
    )  # fmt: skip


@bp.get("/<int:sheet_id>/entries/<int:entry_id>/file/<int:field_id>")
@needs(MANAGE)
def entry_file(sheet_id: int, entry_id: int, field_id: int) -> ResponseReturnValue:
    """Send a file that somebody sent with their sign-up."""
    _found, item = _entry(sheet_id, entry_id, MANAGE)
    return my.send(item, field_id)


@bp.route("/<int:sheet_id>/add", methods=["GET", "POST"])
@needs(MANAGE)
def add(sheet_id: int) -> ResponseReturnValue:
    """Find somebody on the roster and put them on the list."""
    never_cache()
    actor, words = current_actor(), request.values.get("q", "").strip()[:60]
    found, problem = queries.managed(sheet_id, actor, MANAGE), ""
    if request.method == "POST":
        chosen = request.form.get("member", "")
        try:
            if not (chosen.isdecimal() and len(chosen) < 10):
                raise NotFound(_("请先选一个人。"))
            wish = Wish(waiting=request.form.get("waiting") == "1")
            made = decisions.add_by_hand(found, int(chosen), wish, actor=actor, now=clock.now())
        except UnionHallError as error:
            fail()
            db.session().rollback()
            found, problem = queries.managed(sheet_id, actor, MANAGE), str(error)
        else:
            flash(_("“%(name)s”加上了。", name=made.name), "ok")
            return go(url_for("signups_desk.entry", sheet_id=sheet_id, entry_id=made.id))
    page = render_template(
        "signups/desk_add.html", sheet=found, words=words, rows=decisions.candidates(found, words, actor=actor), problem=problem,
        masked=identity.masked_id, frame=frame(found),
    )  # fmt: skip
    return page, 409 if problem else 200


@bp.route("/<int:sheet_id>/message", methods=["GET", "POST"])
@needs(MANAGE)
def message(sheet_id: int) -> ResponseReturnValue:
    """Write to everybody on the list, or to those that a filter leaves."""
    actor, form, chosen = current_actor(), MessageForm(), Filter.of(request.args)
    found = queries.managed(sheet_id, actor, MANAGE)
    rows = [item for item in lists.people(found, chosen, limit=100_000) if item.alive or chosen.state]
    if form.accepted():
        try:
            number = decisions.write_to(found, rows, form.text.data or "", actor=actor, now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
        else:
            flash(ngettext("发给了 %(num)d 人。", "发给了 %(num)d 人。", number), "ok")
            return go(url_for("signups_desk.people", sheet_id=sheet_id))
    reached = len({item.account_id for item in rows if item.account_id})
    page = render_template(
        "signups/desk_message.html",
        sheet=found,
        form=form,
        number=reached,
        left=len(rows) - reached,
        filter=chosen,
        states=labels.STATES,
        frame=frame(found),
    )
    return page, 422 if form.problems else 200
