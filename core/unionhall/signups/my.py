"""A person's own sign-ups under /my/: the list, each entry, its answers, its code, its calendar file."""

from __future__ import annotations

import io
from datetime import timedelta

import segno
from flask import Response, abort, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from icalendar import Calendar
from icalendar import Event as Meeting

from unionhall.base import clock, db
from unionhall.base.errors import NotFound, UnionHallError
from unionhall.base.web import go, never_cache
from unionhall.host.assets import absolute
from unionhall.platform.access import current_actor
from unionhall.platform.storage.sending import respond_privately
from unionhall.signups import entries, forms, labels, people, queries, site, uploads
from unionhall.signups.blueprint import bp
from unionhall.signups.models import Answer, Entry, State


def _mine(entry_id: int) -> Entry:
    never_cache()
    who = people.present(current_actor())
    if who is None:
        abort(401)
    return queries.my_entry(entry_id, who)


@bp.get("/my/signups/")
def mine() -> ResponseReturnValue:
    """List what this person signed up for, what is still to come first."""
    never_cache()
    who = people.present(current_actor())
    if who is None:
        abort(401)
    rows = queries.mine(who)
    return render_template("signups/mine.html", rows=rows, words=labels.MINE, tones=labels.TONES)


@bp.route("/my/signups/<int:entry_id>", methods=["GET", "POST"])
def my_entry(entry_id: int) -> ResponseReturnValue:
    """Show one entry; take a cancellation, or yes or no to an offered place."""
    entry, now = _mine(entry_id), clock.now()
    if request.method == "POST":
        site.act_on(entry, request.form.get("act", ""), now)
        return go(url_for("signups.my_entry", entry_id=entry_id))
    return render_template("signups/entry.html", **site.shown(entry, now), guest_token="")


@bp.route("/my/signups/<int:entry_id>/edit", methods=["GET", "POST"])
def my_answers(entry_id: int) -> ResponseReturnValue:
    """Change one's answers until sign-up closes."""
    entry, now = _mine(entry_id), clock.now()
    form = forms.answer_form(entry.sheet, guest=False, find_org=site.find_org, entry=entry)()
    status = 200
    if not form.is_submitted():
        forms.fill(form, entry, site.org_name)
    elif form.accepted():
        try:
            answers = uploads.with_files(form)
            entries.change(entry, answers, actor=current_actor(), now=now)
        except UnionHallError as error:
            form.refuse(error)
            db.session().rollback()
            status = error.status
        else:
            flash(_("改好了。"), "ok")
            return go(url_for("signups.my_entry", entry_id=entry_id))
    else:
        status = 422
    kept = {answer.field_id for answer in entry.answers}
    return render_template(
        "signups/edit.html", entry=entry, sheet=entry.sheet, form=form, orgs=site.org_names(entry.sheet), kept=kept
    ), status


@bp.get("/my/signups/<int:entry_id>/code.svg")
def my_code(entry_id: int) -> ResponseReturnValue:
    """Return the check-in code as a QR code."""
    entry, drawn = _mine(entry_id), io.BytesIO()
    code = segno.make(f"S{entry.sheet_id}-{entry.code}", error="m", micro=False)
    code.save(drawn, kind="svg", scale=6, border=2, xmldecl=False, light="#fff")
    return Response(drawn.getvalue(), mimetype="image/svg+xml")


@bp.get("/my/signups/<int:entry_id>/calendar.ics")
def my_calendar(entry_id: int) -> ResponseReturnValue:
    """Return the event as a calendar file (RFC 5545). Not found when the sheet names no time."""
    entry = _mine(entry_id)
    sheet = entry.sheet
    if sheet.starts_at is None:
        raise NotFound()
    calendar, meeting = Calendar(), Meeting()
    calendar.add("prodid", "-//UnionHall//signups//")
    calendar.add("version", "2.0")
    meeting.add("uid", f"signup-{sheet.id}@{absolute('/').split('//')[-1].strip('/')}")
    meeting.add("dtstamp", sheet.updated_at)
    meeting.add("dtstart", sheet.starts_at)
    meeting.add("dtend", sheet.ends_at or sheet.starts_at + timedelta(hours=1))
    meeting.add("summary", sheet.title)
    meeting.add("location", sheet.place)
    meeting.add("url", absolute(url_for("signups.my_entry", entry_id=entry_id)))
    calendar.add_component(meeting)
    return Response(
        calendar.to_ical(), mimetype="text/calendar", headers={"Content-Disposition": f'attachment; filename="signup-{entry.id}.ics"'}
    )  # fmt: skip


@bp.get("/my/signups/<int:entry_id>/file/<int:field_id>")
def my_file(entry_id: int, field_id: int) -> ResponseReturnValue:
    """Send back a file that this person sent."""
    return send(_mine(entry_id), field_id)


def send(entry: Entry, field_id: int) -> ResponseReturnValue:
    """Send a file of an entry, as a download that nobody keeps. Raises NotFound."""
    never_cache()
    found: Answer | None = next(
        (answer for answer in entry.answers if answer.field_id == field_id and answer.file), None
    )
    if found is None:
        raise NotFound()
    return respond_privately(found.file, found.file_mime, found.file_name)


def coming(who: people.Applicant, limit: int = 5) -> list[Entry]:
    """Return a person's sign-ups that are not over, those that wait for an answer first; for the card on /my/."""
    now = clock.now()
    rows = [
        entry
        for entry in queries.mine(who, 50)
        if entry.alive and (entry.sheet.over_at is None or entry.sheet.over_at > now)
    ]
    far = now + timedelta(days=36500)
    return sorted(rows, key=lambda entry: (entry.state != State.OFFERED, entry.sheet.starts_at or far))[:limit]
