"""Imports and exports in the desk: asked for here, done by the worker, watched and collected here."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

from flask import flash, jsonify, make_response, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge

from unionhall.base import clock, db, spreadsheet
from unionhall.base.errors import NotFound, RuleBroken
from unionhall.base.web import csrf, fail, go, never_cache
from unionhall.desk import scope
from unionhall.desk.lists import Pager, page_number
from unionhall.hooks.types import Actor
from unionhall.news import rights, sections
from unionhall.news.desk_blueprint import bp
from unionhall.news.desk_import import choices
from unionhall.news.exchange.writing import ENDINGS
from unionhall.news.models import Section
from unionhall.news.transfer_forms import ExportForm, ImportForm, TransferForm
from unionhall.news.transfers import files, queries, services, words
from unionhall.news.transfers.models import Transfer
from unionhall.orgs import queries as orgs
from unionhall.orgs.models import Org
from unionhall.platform import access
from unionhall.platform.access import current_actor, needs

MOST_BYTES = 200 * 1024 * 1024


@bp.get("/transfer/")
@needs(rights.TRANSFER)
def transfers() -> ResponseReturnValue:
    """List the imports and exports of the org that is worked in and those below it, newest first."""
    actor, page = current_actor(), page_number()
    rows, total = queries.latest(actor, scope.current(actor), page)
    pager = Pager(page, total, queries.PAGE)
    return render_template("news/desk_transfers.html", rows=rows, pager=pager, place=orgs.by_path(scope.current(actor)), **_words())


@bp.get("/transfer/import")
@needs(rights.TRANSFER)
def import_form() -> ResponseReturnValue:
    """Ask for an export of another site."""
    return _ask_import(_here(ImportForm(formdata=None), section=True))


@bp.post("/transfer/import")
@needs(rights.TRANSFER)
def start_import() -> ResponseReturnValue:
    """Keep what was sent and let the worker try it.

    The form is read only now, by somebody who may send so much, while nothing in the database is held; its token is
    checked then, not before.
    """
    actor = current_actor()
    db.session().rollback()
    request.max_content_length = MOST_BYTES
    try:
        csrf.protect()
    except RequestEntityTooLarge:
        fail()
        form = _here(ImportForm(formdata=None), section=True)
        form.file.errors = [_("超过 %(n)s MB。请分几次导出、分几次导入。", n=MOST_BYTES // 1024 // 1024)]
        return _ask_import(form, 413)
    with ExitStack() as sent:
        for found in request.files.values():
            sent.callback(found.close)
        return _start_import(_sent("file"), _sent("media"), actor)


csrf.exempt(start_import)  # from the check before every view, which would read the whole upload of anybody


def _start_import(upload: FileStorage | None, media: FileStorage | None, actor: Actor) -> ResponseReturnValue:
    form, token = ImportForm(), services.new_token()
    try:
        if not form.accepted():
            return _ask_import(form, 422)
        if upload is None:
            raise RuleBroken(_("请选择要导入的文件。"), field="file")
        size = files.keep(token, files.UPLOAD, upload.stream) + (files.keep(token, files.MEDIA, media.stream) if media else 0)
        transfer = services.ask_import(
            _org(form), _section(form), form.format.data, token=token, file_name=upload.filename or "",
            media_name=media.filename or "" if media else "", size=size, actor=actor, now=clock.now(),
        )  # fmt: skip
    except RuleBroken as error:
        files.remove(token)
        form.refuse(error)
        db.session().rollback()
        return _ask_import(form, error.status)
    return go(url_for("news_desk.transfer", transfer_id=transfer.id))


@bp.get("/transfer/export")
@needs(rights.TRANSFER)
def export_form() -> ResponseReturnValue:
    """Ask what is to be exported, and what for."""
    return _ask_export(_here(ExportForm(formdata=None)))


@bp.post("/transfer/export")
@needs(rights.TRANSFER)
def start_export() -> ResponseReturnValue:
    """Let the worker write a file."""
    form, actor = ExportForm(), current_actor()
    if not form.accepted():
        return _ask_export(form, 422)
    since, until = form.period()
    options: dict[str, Any] = {
        "section_id": form.section_id.data or None, "states": form.states.data, "media": form.media.data,
        "since": since.isoformat() if since else None, "until": until.isoformat() if until else None,
    }  # fmt: skip
    try:
        asked = services.ask_export(
            _org(form), form.format.data, purpose=form.purpose.data or "", options=options, actor=actor, now=clock.now()
        )
    except RuleBroken as error:
        form.refuse(error)
        db.session().rollback()
        return _ask_export(form, error.status)
    return go(url_for("news_desk.transfer", transfer_id=asked.id))


@bp.get("/transfer/<int:transfer_id>/")
@needs(rights.TRANSFER)
def transfer(transfer_id: int) -> ResponseReturnValue:
    """Show how far a transfer is, and what came of it."""
    found, actor, page = queries.get(transfer_id, current_actor()), current_actor(), page_number()
    kind = "problem" if request.args.get("show", "problem") == "problem" and found.problems else "made"
    kinds = ("problem",) if kind == "problem" else ("created", "updated")
    number = found.problems if kind == "problem" else found.created + found.updated
    return render_template(
        "news/desk_transfer.html", transfer=found, lines=queries.lines(found, *kinds, page=page), kind=kind,
        pager=Pager(page, number, queries.PAGE), days=services.waiting_days(found, clock.now()), told=_told(found),
        mine=found.created_by == actor.account_id, **_words(),
    )  # fmt: skip


@bp.get("/transfer/<int:transfer_id>/progress")
@needs(rights.TRANSFER)
def transfer_progress(transfer_id: int) -> ResponseReturnValue:
    """Say how far a transfer is, for the page's script."""
    found = queries.get(transfer_id, current_actor())
    never_cache()
    return jsonify(state=found.state, done=found.done, total=found.total, text=_told(found))


@bp.post("/transfer/<int:transfer_id>/apply")
@needs(rights.TRANSFER)
def apply_transfer(transfer_id: int) -> ResponseReturnValue:
    """Let a tried import happen, or a failed transfer be done once more, from the same upload."""
    actor = current_actor()
    services.apply(queries.get(transfer_id, actor), actor=actor, now=clock.now())
    return go(url_for("news_desk.transfer", transfer_id=transfer_id))


@bp.post("/transfer/<int:transfer_id>/cancel")
@needs(rights.TRANSFER)
def cancel_transfer(transfer_id: int) -> ResponseReturnValue:
    """Stop a transfer."""
    actor = current_actor()
    services.cancel(queries.get(transfer_id, actor), actor=actor, now=clock.now())
    flash(_("已取消。"), "ok")
    return go(url_for("news_desk.transfer", transfer_id=transfer_id))


@bp.get("/transfer/<int:transfer_id>/report.csv")
@needs(rights.TRANSFER)
def transfer_report(transfer_id: int) -> ResponseReturnValue:
    """Return the whole report as a file for spreadsheets."""
    found = queries.get(transfer_id, current_actor())
    names = {"problem": _("要看一下"), "created": _("新建"), "updated": _("更新")}
    header = [_("结果"), _("行"), _("条目"), _("说明"), _("怎么办"), _("稿件")]
    rows = (
        [names[line.kind], line.line or "", line.item, line.message, words.advice(line.code), line.article_id or ""]
        for line in queries.every_line(found)
    )
    answer = make_response(spreadsheet.csv_bytes(header, rows))
    answer.mimetype = "text/csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="import-{found.id}.csv"'
    never_cache()
    return answer


@bp.post("/transfer/<int:transfer_id>/file")
@needs(rights.TRANSFER)
def collect_export(transfer_id: int) -> ResponseReturnValue:
    """Send an exported file to the one who asked for it."""
    actor, now = current_actor(), clock.now()
    found = queries.get(transfer_id, actor)
    services.collect(found, actor=actor, now=now)
    path = files.folder(found.token) / files.RESULT
    if not path.is_file():
        raise NotFound(_("文件不在了。请重新导出。"))
    ending = ".zip" if found.options.get("media") else ENDINGS[found.format]
    name = f"articles-{found.org.slug}-{clock.local(found.created_at):%Y%m%d}{ending}"
    return send_file(path, mimetype="application/octet-stream", as_attachment=True, download_name=name, max_age=0)


def _sent(name: str) -> FileStorage | None:
    found = request.files.get(name)
    return found if found is not None and found.filename else None


def _here(form: Any, *, section: bool = False) -> Any:
    """Begin a form with the org that is worked in."""
    here = orgs.by_path(scope.current(current_actor()))
    open_ones = [item for item in sections.all_sections() if item.open]
    form.org_id.data = here.id if here else 0
    form.section_id.data = open_ones[0].id if section and open_ones else 0
    return form


def _org(form: TransferForm) -> Org:
    org = db.session().get(Org, form.org_id.data or 0)
    if org is None or not access.can(current_actor(), rights.TRANSFER, org):
        raise RuleBroken(_("请从列表里选一个组织。"), field="org_id")
    return org


def _section(form: TransferForm) -> Section:
    found = db.session().get(Section, form.section_id.data or 0)
    if found is None:
        raise RuleBroken(_("请选择在收稿的栏目。"), field="section_id")
    return found


def _ask_import(form: ImportForm, status: int = 200) -> ResponseReturnValue:
    page = render_template("news/desk_transfer_import.html", form=form, most=MOST_BYTES // 1024 // 1024, **choices(rights.TRANSFER))
    return page, status


def _ask_export(form: ExportForm, status: int = 200) -> ResponseReturnValue:
    places = choices(rights.TRANSFER) | {"sections": sections.all_sections()}
    return render_template("news/desk_transfer_export.html", form=form, **places), status


def _told(transfer: Transfer) -> str:
    """Return how far it is, in words."""
    if transfer.state == "waiting":
        return _("排队中，马上开始。")
    if not transfer.total:
        return _("正在读文件……") if transfer.kind == "import" else _("正在数稿件……")
    if transfer.kind == "export":
        return _("已写出 %(done)s / %(total)s 篇", done=transfer.done, total=transfer.total)
    return _("已处理 %(done)s / %(total)s 条", done=transfer.done, total=transfer.total)


def _words() -> dict[str, Any]:
    return {"formats": words.FORMATS, "states": words.STATES, "advice": words.advice, "other": words.other, "ngettext": ngettext}
