"""The desk's sheets: the list, a new one, settings, opening and closing."""

from __future__ import annotations

from flask import abort, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.base import clock, db
from unionhall.base.errors import Conflict, UnionHallError
from unionhall.base.web import go
from unionhall.desk import scope
from unionhall.desk.lists import Pager, page_number
from unionhall.orgs import queries as orgs
from unionhall.platform.access import can, current_actor, needs
from unionhall.signups import labels, queries, sheets, standing
from unionhall.signups.desk_blueprint import bp
from unionhall.signups.forms import SheetForm
from unionhall.signups.models import Sheet, SheetState
from unionhall.signups.queries import CHECK_IN, MANAGE, READ

SIZE = 30


@bp.get("/")
@needs(READ)
def every_sheet() -> ResponseReturnValue:
    """List the sheets in the scope, newest first."""
    actor, now, page = current_actor(), clock.now(), page_number()
    words, state = request.args.get("q", "").strip()[:60], request.args.get("state", "")
    state = state if state in set(SheetState) else ""
    rows = queries.sheets(
        actor, READ, scope.current(actor), words=words, state=state, offset=(page - 1) * SIZE, limit=SIZE + 1
    )
    pager = Pager(page, (page - 1) * SIZE + len(rows), SIZE)
    return render_template(
        "signups/desk_sheets.html", rows=[(row, standing.of(row, now)) for row in rows[:SIZE]], words=words, state=state, pager=pager,
        states=labels.SHEETS, may_create=can(actor, MANAGE, scope.current(actor)),
    )  # fmt: skip


@bp.route("/new", methods=["GET", "POST"])
@needs(MANAGE)
def new() -> ResponseReturnValue:
    """Make a sheet that belongs to no campaign."""
    actor, form = current_actor(), SheetForm()
    org = orgs.by_path(scope.current(actor))
    if org is None or not can(actor, MANAGE, org):
        abort(404)
    form.offer_orgs(orgs.within([org.path]))
    if not form.is_submitted():
        form.waiting_on.data = True
    if form.accepted():
        try:
            made = sheets.create_sheet(
                sheets.ALONE, 0, form.setup(), org=org, actor=actor, now=clock.now(), state=SheetState.HELD
            )
        except UnionHallError as error:
            form.refuse(error)
        else:
            flash(_("报名表建好了，现在是暂停状态。先设计表单，再开放报名。"), "ok")
            return go(url_for("signups_desk.questions_page", sheet_id=made.id))
    return render_template("signups/desk_settings.html", form=form, sheet=None, org=org), 422 if form.problems else 200


@bp.route("/<int:sheet_id>/settings", methods=["GET", "POST"])
@needs(MANAGE)
def settings(sheet_id: int) -> ResponseReturnValue:
    """Change what is set of a sheet; who saves second is told."""
    actor = current_actor()
    found = queries.managed(sheet_id, actor, MANAGE)
    form, status = SheetForm(obj=found), 200
    form.offer_orgs(orgs.within([found.org.path]))
    if not form.is_submitted():
        form.version.data = str(found.version)
    if form.accepted():
        seen = str(form.version.data)
        try:
            version = int(seen) if seen.isdecimal() and len(seen) < 10 else 0
            sheets.update_sheet(found, form.setup(), version=version, actor=actor, now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
            db.session().rollback()
            found, status = queries.managed(sheet_id, actor, MANAGE), error.status
            if isinstance(error, Conflict):
                form.version.data = str(found.version)
        else:
            flash(_("设置已保存。"), "ok")
            return go(url_for("signups_desk.settings", sheet_id=sheet_id))
    page = render_template("signups/desk_settings.html", form=form, sheet=found, org=found.org, **frame(found))
    return page, status if status != 200 else (422 if form.problems else 200)


@bp.post("/<int:sheet_id>/state")
@needs(MANAGE)
def change_state(sheet_id: int) -> ResponseReturnValue:
    """Open, pause or close a sheet."""
    found, state = queries.managed(sheet_id, current_actor(), MANAGE), request.form.get("state", "")
    if state not in set(SheetState):
        abort(400)
    sheets.set_state(found, SheetState(state), actor=current_actor(), now=clock.now())
    words = {
        "open": _("报名开放了。"),
        "paused": _("报名暂停了，已报的人不受影响。"),
        "closed": _("报名已结束，名单会留着。"),
    }
    flash(words[state], "ok")
    return go(url_for("signups_desk.people", sheet_id=sheet_id))


def frame(found: Sheet) -> dict[str, object]:
    """Return what every page about one sheet shows around its content."""
    actor = current_actor()
    return {
        "stands": str(standing.of(found, clock.now())), "states": labels.SHEETS, "may_manage": can(actor, MANAGE, found.org),
        "may_check_in": can(actor, CHECK_IN, found.org), "may_read": can(actor, READ, found.org),
    }  # fmt: skip
