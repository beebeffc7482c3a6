"""Exports in the desk: asked for with a purpose, watched, collected; the log of who took what."""

from __future__ import annotations

from flask import Blueprint, abort, flash, jsonify, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_decimal
from flask_babel import gettext as _

from unionhall.base import clock, db
from unionhall.base.errors import NotFound, RuleBroken
from unionhall.base.web import go, never_cache
from unionhall.desk import scope
from unionhall.desk.lists import Pager, page_number
from unionhall.exports import files, labels, queries, services, sources, writing
from unionhall.exports.forms import ExportForm
from unionhall.exports.models import Export
from unionhall.hooks.reporting import ExportSource
from unionhall.hooks.types import Actor
from unionhall.orgs import queries as orgs
from unionhall.orgs.models import Org
from unionhall.platform.access import can, current_actor, needs

ENTER = "desk.enter"
MOST_FILTERS, LONGEST_NAME, LONGEST_VALUE = 20, 40, 200
OWN = {"source", "page", "full"}
TYPES = {"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "csv": "text/csv; charset=utf-8"}
bp = Blueprint("exports_desk", __name__, url_prefix="/exports")


@bp.get("/")
@needs(ENTER)
def exports() -> ResponseReturnValue:
    """List one's own exports; with `?show=all`, for who may read the log, everybody's of the org that is worked in."""
    actor, page = current_actor(), page_number()
    log = can(actor, sources.LOG)
    everybodys = log and request.args.get("show") == "all"
    rows, total = queries.latest(actor, scope.current(actor), page, everybodys=everybodys)
    never_cache()
    return render_template(
        "exports/desk_list.html", rows=rows, pager=Pager(page, total, queries.PAGE), everybodys=everybodys, log=log,
        place=orgs.by_path(scope.current(actor)), states=labels.STATES, now=clock.now(),
    )


@bp.get("/new")
@needs(ENTER)
def new() -> ResponseReturnValue:
    """Ask what a list is wanted for, and show how it begins."""
    source, org, filters = _asked(current_actor())
    return _ask(source, org, filters, ExportForm(formdata=None))


@bp.post("/new")
@needs(ENTER)
def start() -> ResponseReturnValue:
    """Write a short list at once; let the worker write a long one."""
    actor, form = current_actor(), ExportForm()
    source, org, filters = _asked(actor)
    if form.accepted():
        full = bool(form.full.data)
        try:
            if full and not form.agreed.data:
                raise RuleBroken(_("要完整号码，请勾选这一项。"), field="agreed")
            export = services.ask(
                source, org, filters, form=form.format.data or "", purpose=form.purpose.data or "", full=full, actor=actor, now=clock.now()
            )
        except RuleBroken as error:
            form.refuse(error)
            db.session().rollback()
        else:
            return go(url_for("exports_desk.export", export_id=export.id))
    return _ask(source, org, filters, form, 422)


@bp.get("/<int:export_id>/")
@needs(ENTER)
def export(export_id: int) -> ResponseReturnValue:
    """Show how far an export is, and let the one who asked collect it."""
    actor, now = current_actor(), clock.now()
    found = queries.get(export_id, actor)
    never_cache()
    return render_template(
        "exports/desk_export.html", export=found, mine=found.created_by == actor.account_id, states=labels.STATES,
        days=queries.days_left(found, now), told=_told(found), rows_told=writing.rows_told(found.rows),
    )


@bp.get("/<int:export_id>/progress")
@needs(ENTER)
def progress(export_id: int) -> ResponseReturnValue:
    """Say how far an export is, for the page's script."""
    found = queries.get(export_id, current_actor())
    never_cache()
    return jsonify(state=found.state, done=found.rows, total=0, text=_told(found))


@bp.post("/<int:export_id>/cancel")
@needs(ENTER)
def cancel(export_id: int) -> ResponseReturnValue:
    """Stop an export that is not written yet."""
    actor = current_actor()
    services.cancel(queries.get(export_id, actor), actor=actor, now=clock.now())
    flash(_("已取消。"), "ok")
    return go(url_for("exports_desk.export", export_id=export_id))


@bp.post("/<int:export_id>/file")
@needs(ENTER)
def collect(export_id: int) -> ResponseReturnValue:
    """Send the file to the one who asked for it."""
    actor = current_actor()
    found = queries.get(export_id, actor)
    services.collect(found, actor=actor, now=clock.now())
    path = files.path(found.token, found.format)
    if not path.is_file():
        raise NotFound(_("文件不在了。请重新导出。"))
    answer = send_file(
        path, mimetype=TYPES[found.format], as_attachment=True, download_name=writing.file_name(found), etag=False, last_modified=None
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _asked(actor: Actor) -> tuple[ExportSource, Org, dict[str, str]]:
    """Read which list, of which org, narrowed to what. Raises NotFound, NotAllowed; 400 for what no list page offers."""
    source, org = sources.named(request.args.get("source", "")), orgs.by_path(scope.current(actor))
    if org is None:
        raise NotFound()
    sources.require(source, org, actor)
    filters = {name: value for name, value in request.args.items() if name not in OWN and value}
    if len(filters) > MOST_FILTERS or any(len(name) > LONGEST_NAME or len(value) > LONGEST_VALUE for name, value in filters.items()):
        abort(400)
    return source, org, filters


def _ask(source: ExportSource, org: Org, filters: dict[str, str], form: ExportForm, status: int = 200) -> ResponseReturnValue:
    actor = current_actor()
    number, first = sources.look(source, org, actor, filters, services.AT_ONCE)
    never_cache()
    page = render_template(
        "exports/desk_new.html", form=form, source=source, org=org, filters=filters, number=number, many=number > services.AT_ONCE,
        header=list(source.header(filters)), first=[[labels.cell(item) for item in row] for row in first],
        may_full=sources.may_have_full(source, org, actor), most=format_decimal(writing.MOST_ROWS),
        most_full=format_decimal(writing.MOST_FULL), at_once=format_decimal(services.AT_ONCE), action=request.full_path,
    )  # fmt: skip
    return page, status


def _told(found: Export) -> str:
    if found.state == "waiting":
        return _("排队中，马上开始。")
    return _("已写出 %(rows)s", rows=writing.rows_told(found.rows)) if found.rows else _("正在读取……")
