"""Imports of the roster in the desk: sent here, tried and applied by the worker, watched and taken back here."""

from __future__ import annotations

from typing import Any

from flask import flash, jsonify, make_response, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge

from unionhall.base import clock, db
from unionhall.base.errors import Conflict, RuleBroken
from unionhall.base.web import csrf, fail, go, never_cache
from unionhall.desk import scope
from unionhall.desk.lists import Pager, page_number
from unionhall.hooks.types import Actor
from unionhall.members.desk_blueprint import bp
from unionhall.members.imports import files, queries, services, words, workbooks
from unionhall.members.imports.columns import LABELS, NEEDED
from unionhall.members.imports.models import Outcome, RosterImport
from unionhall.members.imports.reading import MOST_LINES
from unionhall.members.rights import IMPORT
from unionhall.members.roster_forms import ColumnsForm, RosterFileForm
from unionhall.orgs import queries as orgs
from unionhall.orgs.models import Org
from unionhall.platform import access
from unionhall.platform.access import current_actor, needs

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/imports/")
@needs(IMPORT)
def imports() -> ResponseReturnValue:
    """List the imports of the org that is worked in and those below it, newest first."""
    actor, page = current_actor(), page_number()
    below = scope.current(actor)
    rows, total = queries.latest(actor, below, page)
    never_cache()
    pager = Pager(page, total, queries.PAGE)
    return render_template("members/desk_imports.html", rows=rows, pager=pager, here_org=orgs.by_path(below), states=words.STATES)


@bp.get("/imports/new")
@needs(IMPORT)
def import_form() -> ResponseReturnValue:
    """Ask for a file."""
    return _ask(_here(RosterFileForm(formdata=None)))


@bp.get("/imports/template.xlsx")
@needs(IMPORT)
def import_template() -> ResponseReturnValue:
    """Return the workbook to fill in."""
    answer = make_response(workbooks.template())
    answer.mimetype = _XLSX
    answer.headers["Content-Disposition"] = 'attachment; filename="members.xlsx"'
    return answer


@bp.post("/imports/new")
@needs(IMPORT)
def start_import() -> ResponseReturnValue:
    """Keep what was sent and let the worker try it; the form is read only now, while nothing in the database is held."""
    actor = current_actor()
    db.session().rollback()
    request.max_content_length = files.MOST_BYTES + 1024 * 1024
    try:
        csrf.protect()
    except RequestEntityTooLarge:
        fail()
        form = _here(RosterFileForm(formdata=None))
        form.file.errors = [_("文件超过 %(n)s MB。请分几个文件导入。", n=files.MOST_BYTES // 1024 // 1024)]
        return _ask(form, 413)
    upload = request.files.get("file")
    return _start(upload if upload is not None and upload.filename else None, actor)


csrf.exempt(start_import)  # from the check before every view, which would read the whole upload of anybody


def _start(upload: FileStorage | None, actor: Actor) -> ResponseReturnValue:
    form, token = RosterFileForm(), services.new_token()
    try:
        if not form.accepted():
            return _ask(form, 422)
        if upload is None:
            raise RuleBroken(_("请选择要导入的文件。"), field="file")
        org = _org(form)
        files.keep(token, upload.stream)
        found = services.ask(org, token=token, file_name=upload.filename or "", actor=actor, now=clock.now())
    except RuleBroken as error:
        files.remove(token)
        form.refuse(error)
        db.session().rollback()
        return _ask(form, error.status)
    finally:
        if upload is not None:
            upload.close()
    return go(url_for("members_desk.roster_import", roster_import_id=found.id))


@bp.get("/imports/<int:roster_import_id>/")
@needs(IMPORT)
def roster_import(roster_import_id: int) -> ResponseReturnValue:
    """Show how far an import is, and what came or would come of it."""
    return _page(queries.get(roster_import_id, current_actor()), ColumnsForm(formdata=None))


@bp.get("/imports/<int:roster_import_id>/progress")
@needs(IMPORT)
def import_progress(roster_import_id: int) -> ResponseReturnValue:
    """Say how far an import is, for the page's script."""
    found = queries.get(roster_import_id, current_actor())
    done, total = files.progress(found.token)
    never_cache()
    return jsonify(state=found.state, done=done, total=total, text=words.progress(found.state, found.step, done, total))


@bp.post("/imports/<int:roster_import_id>/columns")
@needs(IMPORT)
def map_columns(roster_import_id: int) -> ResponseReturnValue:
    """Say which column is which, and have the file tried again."""
    actor, form = current_actor(), ColumnsForm()
    found = queries.get(roster_import_id, actor)
    try:
        services.map_columns(found, form.mapping(request.form), actor=actor, now=clock.now())
    except (RuleBroken, Conflict) as error:
        form.refuse(error)
        return _page(found, form), error.status
    return go(url_for("members_desk.roster_import", roster_import_id=found.id))


@bp.post("/imports/<int:roster_import_id>/apply")
@needs(IMPORT)
def apply_import(roster_import_id: int) -> ResponseReturnValue:
    """Let a tried import happen, or a failed one be done once more."""
    actor = current_actor()
    found = queries.get(roster_import_id, actor)
    services.apply(found, actor=actor, now=clock.now())
    return go(url_for("members_desk.roster_import", roster_import_id=found.id))


@bp.post("/imports/<int:roster_import_id>/cancel")
@needs(IMPORT)
def cancel_import(roster_import_id: int) -> ResponseReturnValue:
    """Stop an import: nothing of it stays."""
    actor = current_actor()
    found = queries.get(roster_import_id, actor)
    over = services.cancel(found, actor=actor, now=clock.now())
    flash(_("已取消，名册没有改动，文件已经删除。") if over else _("正在停下来，名册不会有改动。"), "ok")
    return go(url_for("members_desk.roster_import", roster_import_id=found.id))


@bp.post("/imports/<int:roster_import_id>/undo")
@needs(IMPORT)
def undo_import(roster_import_id: int) -> ResponseReturnValue:
    """Take an import back."""
    actor = current_actor()
    found = queries.get(roster_import_id, actor)
    services.undo(found, actor=actor, now=clock.now())
    return go(url_for("members_desk.roster_import", roster_import_id=found.id))


@bp.post("/imports/<int:roster_import_id>/bad.xlsx")
@needs(IMPORT)
def bad_lines(roster_import_id: int) -> ResponseReturnValue:
    """Send the lines that could not be imported, with why, to the one who sent the file."""
    actor = current_actor()
    found = queries.get(roster_import_id, actor)
    services.collect_bad(found, actor=actor, now=clock.now())
    path = files.folder(found.token) / files.BAD
    answer = send_file(path, mimetype=_XLSX, as_attachment=True, download_name=f"import-{found.id}-problems.xlsx")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _here(form: Any) -> Any:
    here = orgs.by_path(scope.current(current_actor()))
    form.org_id.data = here.id if here else 0
    return form


def _org(form: RosterFileForm) -> Org:
    org = db.session().get(Org, form.org_id.data or 0)
    if org is None or not access.can(current_actor(), IMPORT, org):
        raise RuleBroken(_("请从列表里选一个组织。"), field="org_id")
    return org


def _ask(form: RosterFileForm, status: int = 200) -> ResponseReturnValue:
    offered = orgs.manageable(current_actor(), IMPORT)
    page = render_template("members/desk_import_new.html", form=form, orgs=offered, most=files.MOST_BYTES // 1024 // 1024, lines=MOST_LINES)
    return page, status


def _page(found: RosterImport, form: ColumnsForm) -> str:
    actor, page, now = current_actor(), page_number(), clock.now()
    listed = [outcome.value for outcome in Outcome if found.counts.get(outcome)]
    order = [outcome.value for outcome in words.OUTCOMES if outcome.value in listed]
    shown = request.args.get("show", "")
    shown = shown if shown in order else next(iter(order), "")
    total = found.counts.get(shown, 0) if shown != Outcome.UNCHANGED else 0
    done, of = files.progress(found.token) if found.under_way else (0, 0)
    never_cache()
    return render_template(
        "members/desk_import.html", found=found, form=form, states=words.STATES, outcomes=words.OUTCOMES, order=order, shown=shown,
        lines=queries.lines(found, shown, page) if shown and not found.under_way else [], pager=Pager(page, total, queries.PAGE),
        told=words.told, column=words.column, labels=LABELS, needed=NEEDED, done=done, total=of,
        text=words.progress(found.state, found.step, done, of), alive=found.expires_at is None or found.expires_at > now,
        undoable=found.state == "done" and found.applied_at is not None and now < found.applied_at + files.UNDO,
        bad=found.created_by == actor.account_id and (files.folder(found.token) / files.BAD).is_file(),
    )  # fmt: skip
