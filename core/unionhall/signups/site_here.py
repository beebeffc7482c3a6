"""The page behind the code on the organiser's screen: one tap checks a member in, a later one out."""

from __future__ import annotations

from datetime import datetime

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.base import clock
from unionhall.base.errors import RuleBroken, TooMany, UnionHallError
from unionhall.base.web import never_cache
from unionhall.platform.access import current_actor
from unionhall.signups import here, people, queries
from unionhall.signups.blueprint import bp
from unionhall.signups.forms import HereForm
from unionhall.signups.here import Arrival
from unionhall.signups.models import Sheet
from unionhall.signups.people import Applicant


@bp.route("/signups/<int:sheet_id>/here", methods=["GET", "POST"])
def on_site(sheet_id: int) -> ResponseReturnValue:
    """Check in whoever is logged in. Opening the page says nothing of the code; only the tap tries it, and is counted."""
    never_cache()
    found, who, now = queries.shown_sheet(sheet_id), people.present(current_actor()), clock.now()
    if who is None:
        abort(401)
    form, arrival, status = HereForm(), None, 200
    if not form.is_submitted():
        form.code.data = request.args.get("c", "")[:12]
    elif form.accepted():
        try:
            arrival = _taken(found, who, form, now)
        except RuleBroken as error:
            form.code.errors, status = [str(error)], error.status  # not refused: the wrong try is to be counted
        except UnionHallError as error:
            form.refuse(error)
            status = error.status
            if isinstance(error, TooMany):
                form.code.data = ""
    else:
        status = 422
    page = render_template("signups/here.html", sheet=found, who=who, form=form, arrival=arrival)
    return page, status


def _taken(found: Sheet, who: Applicant, form: HereForm, now: datetime) -> Arrival:
    code, actor = form.code.data or "", current_actor()
    if request.form.get("act") != "walk-in":
        return here.arrive(found, who, code, actor=actor, now=now)
    if found.consent and not form.consent.data:
        raise RuleBroken(_("要同意后才能报名。"), field="consent")
    return here.walk_in(found, who, code, actor=actor, now=now)
