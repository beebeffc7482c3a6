"""Pages on which people sign up: a sheet, a team's invitation, a guest's own entry."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import abort, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import or_, select

from unionhall.accounts import throttle
from unionhall.base import clock, db
from unionhall.base.crypto import sign, unsign
from unionhall.base.errors import NotFound, RuleBroken, UnionHallError
from unionhall.base.text import tidy
from unionhall.base.web import client_address, fail, go, never_cache
from unionhall.orgs.models import Org, OrgStatus
from unionhall.platform.access import current_actor, in_subtree
from unionhall.signups import entries, fields, forms, labels, people, places, queries, standing, teams, uploads, waiting
from unionhall.signups.blueprint import bp
from unionhall.signups.entries import Full, Wish
from unionhall.signups.forms import AnswerForm
from unionhall.signups.models import Audience, Entry, Kind, Sheet, State, Unit
from unionhall.signups.people import Applicant

GUEST_LINK = "signups.entry"
GUEST_SECONDS = 400 * 24 * 3600
GUESTS = throttle.Limit(60, timedelta(minutes=10))
MOST_ORGS = 500


@bp.route("/signups/<int:sheet_id>/", methods=["GET", "POST"])
def sheet(sheet_id: int) -> ResponseReturnValue:
    """Show a sheet as it stands for this person, and take the form."""
    never_cache()
    found, who, now = queries.shown_sheet(sheet_id), people.present(current_actor()), clock.now()
    mine = queries.live(found.id, who) if who else None
    if mine and request.method == "GET":
        return _page(found, who, now, mine=mine)
    guest = who is None and found.audience == Audience.PUBLIC
    allowed = people.admission(found, who)
    if not allowed.ok:
        return _page(found, who, now, allowed=allowed), 403 if request.method == "POST" else 200
    form = forms.answer_form(found, guest=guest, find_org=find_org)()
    if not form.is_submitted():
        form.key.data = forms.new_key()
    if not form.accepted():
        return _page(found, who, now, form=form), 422 if form.problems else 200
    try:
        entry = _take(found, who or _guest(form, now), form, now)
    except UnionHallError as error:
        form.refuse(error)
        db.session().rollback()
        return _page(
            queries.shown_sheet(sheet_id), who, now, form=form, full=error if isinstance(error, Full) else None
        ), error.status
    return go(_receipt(entry))


def _take(found: Sheet, who: Applicant, form: AnswerForm, now: datetime) -> Entry:
    answers = uploads.with_files(form)
    wish = Wish(
        answers, form.companion_names(), form.text("team_name"), str(form.key.data or ""), form.waiting.data == "1"
    )
    return entries.sign_up(found, who, wish, actor=current_actor(), now=now)


def _guest(form: AnswerForm, now: datetime) -> Applicant:
    throttle.spend("signups", throttle.source(client_address()), GUESTS, now=now)
    return people.guest(form.text("name"), form.text("mobile"))


def _receipt(entry: Entry) -> str:
    if people.is_guest_key(entry.person):
        return url_for("signups.guest_entry", token=sign(GUEST_LINK, entry.id))
    return url_for("signups.my_entry", entry_id=entry.id)


def _page(
    found: Sheet, who: Applicant | None, now: datetime, *, form: AnswerForm | None = None, mine: Entry | None = None,
    allowed: people.Admission | None = None, full: Full | None = None,
) -> str:  # fmt: skip
    stands = standing.of(found, now)
    return render_template(
        "signups/sheet.html", sheet=found, who=who, form=form, mine=mine, allowed=allowed, full=full, stands=str(stands),
        left=places.room(found), asks=stands in (standing.Standing.OPEN, standing.Standing.WAITING), orgs=org_names(found),
    )  # fmt: skip


def org_names(found: Sheet) -> list[str]:
    """Return names for an org picker: those at or below the sheet's org, when it has one."""
    if not any(item.kind == Kind.ORG for item in found.fields):
        return []
    wanted = (
        select(Org.name).where(in_subtree(Org.path, found.org.path), Org.status == OrgStatus.ACTIVE).order_by(Org.path)
    )
    return list(db.session().scalars(wanted.limit(MOST_ORGS)))


def find_org(name: str) -> int | None:
    """Return the org at work with this name or short name, if there is one."""
    wanted = tidy(name)
    if not wanted:
        return None
    statement = select(Org.id).where(or_(Org.name == wanted, Org.short_name == wanted), Org.status == OrgStatus.ACTIVE)
    return db.session().scalars(statement.order_by(Org.id).limit(1)).first()


def org_name(org_id: int) -> str:
    """Return the name of an org that an answer holds."""
    org = db.session().get(Org, org_id)
    return org.name if org else ""


@bp.route("/signups/join/<token>", methods=["GET", "POST"])
def join(token: str) -> ResponseReturnValue:
    """Show a team's invitation, and take who accepts it."""
    never_cache()
    captain, who, now = teams.captain_of(token), people.present(current_actor()), clock.now()
    if who is None:
        abort(401)
    problem = ""
    if request.method == "POST":
        try:
            entry = teams.join(captain, who, actor=current_actor(), now=now)
        except UnionHallError as error:
            db.session().rollback()
            fail()
            problem = str(error)
        else:
            flash(_("你已加入“%(team)s”。", team=entry.team_name), "ok")
            return go(url_for("signups.my_entry", entry_id=entry.id))
    page = render_template(
        "signups/join.html",
        captain=captain,
        sheet=captain.sheet,
        who=who,
        problem=problem,
        allowed=people.admission(captain.sheet, who),
    )
    return page, 409 if problem else 200


@bp.route("/signups/entry/<token>", methods=["GET", "POST"])
def guest_entry(token: str) -> ResponseReturnValue:
    """Show a guest's own entry by its signed link; take a cancellation, or yes to an offered place."""
    never_cache()
    found = unsign(GUEST_LINK, token, GUEST_SECONDS)
    if not isinstance(found, int):
        raise NotFound()
    entry, now = queries.entry(found), clock.now()
    if not people.is_guest_key(entry.person):
        raise NotFound()
    if request.method == "POST":
        act_on(entry, request.form.get("act", ""), now)
        return go(url_for("signups.guest_entry", token=token))
    return render_template("signups/guest.html", **shown(entry, now), guest_token=token)


def act_on(entry: Entry, act: str, now: datetime) -> None:
    """Cancel, accept or decline as a button says. Raises RuleBroken, Conflict; 400 for what no button says."""
    if act == "accept":
        waiting.accept(entry, actor=current_actor(), now=now)
        flash(_("名额是你的了。"), "ok")
    elif act in ("cancel", "decline"):
        entries.cancel(entry, actor=current_actor(), now=now)
        flash(_("已取消。名额会给候补的人。"), "ok")
    else:
        raise RuleBroken(_("没有这个操作。请回到上一页再试。"))


def shown(entry: Entry, now: datetime) -> dict[str, object]:
    """Return what the page of one's own entry shows."""
    captain = queries.entry(entry.captain_id) if entry.captain_id else entry
    team = entry.sheet.unit == Unit.TEAM
    return {
        "entry": entry, "sheet": entry.sheet, "word": labels.MINE[State(entry.state)], "tone": labels.TONES[State(entry.state)],
        "answers": fields.shown(entry, entry.sheet.fields), "place": queries.place_in_line(captain),
        "may_cancel": entries.may_cancel(entry, now),
        "open": standing.of(entry.sheet, now) in (standing.Standing.OPEN, standing.Standing.WAITING, standing.Standing.FULL),
        "captain": captain if team else None, "mates": queries.mates(captain) if team else [],
        "invitation": teams.invitation(entry) if entry.leads and entry.alive else "",
    }  # fmt: skip
