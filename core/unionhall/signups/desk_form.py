"""The form builder: the questions of a sheet, one added or changed, their order."""

from __future__ import annotations

import re

from flask import abort, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.base import clock, db
from unionhall.base.errors import UnionHallError
from unionhall.base.web import fail, go
from unionhall.platform.access import current_actor, needs
from unionhall.signups import fields, forms, queries, questions, sheets, site
from unionhall.signups.desk import frame
from unionhall.signups.desk_blueprint import bp
from unionhall.signups.forms import QuestionForm
from unionhall.signups.queries import MANAGE

_ROW = re.compile(r"order-(\d{1,4})-id")


@bp.get("/<int:sheet_id>/form")
@needs(MANAGE)
def questions_page(sheet_id: int) -> ResponseReturnValue:
    """Show the questions as an editor arranges them, and as people will see them."""
    found = queries.managed(sheet_id, current_actor(), MANAGE)
    preview = forms.answer_form(found, guest=found.audience == "public", find_org=site.find_org)(formdata=None)
    return render_template(
        "signups/desk_form.html", sheet=found, kinds=fields.KINDS, preview=preview, frozen=sheets.occupied(found), orgs=[], **frame(found)
    )  # fmt: skip


@bp.post("/<int:sheet_id>/form")
@needs(MANAGE)
def arrange(sheet_id: int) -> ResponseReturnValue:
    """Put the questions in order: one up or down ("12:up"), or all as they were dragged."""
    actor, now = current_actor(), clock.now()
    found = queries.managed(sheet_id, actor, MANAGE)
    field_id, colon, way = request.form.get("move", "").partition(":")
    if colon and field_id.isdecimal() and len(field_id) < 10 and way in ("up", "down"):
        questions.step(found, int(field_id), -1 if way == "up" else 1, actor=actor, now=now)
    else:
        rows = sorted(
            (int(match.group(1)), value) for name, value in request.form.items() if (match := _ROW.fullmatch(name))
        )
        questions.arrange(
            found, [int(value) for _at, value in rows if value.isdecimal() and len(value) < 10], actor=actor, now=now
        )
    flash(_("顺序已保存。"), "ok")
    return go(url_for("signups_desk.questions_page", sheet_id=sheet_id))


@bp.route("/<int:sheet_id>/form/new", methods=["GET", "POST"])
@needs(MANAGE)
def new_question(sheet_id: int) -> ResponseReturnValue:
    """Add a question."""
    actor = current_actor()
    found, form = queries.managed(sheet_id, actor, MANAGE), QuestionForm()
    if not form.is_submitted() and request.args.get("kind") in fields.KINDS:
        form.kind.data = request.args["kind"]
    if form.accepted():
        try:
            questions.add(found, form.question(), actor=actor, now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
        else:
            flash(_("加好了。"), "ok")
            return go(url_for("signups_desk.questions_page", sheet_id=sheet_id))
    page = render_template(
        "signups/desk_question.html",
        form=form,
        sheet=found,
        question=None,
        frozen=sheets.occupied(found),
        **frame(found),
    )
    return page, 422 if form.problems else 200


@bp.route("/<int:sheet_id>/form/<int:field_id>", methods=["GET", "POST"])
@needs(MANAGE)
def question(sheet_id: int, field_id: int) -> ResponseReturnValue:
    """Change a question."""
    actor = current_actor()
    found = queries.managed(sheet_id, actor, MANAGE)
    field = questions.of_sheet(found, field_id)
    form = QuestionForm(obj=field, data={"options": QuestionForm.written(field.choices)})
    form.kind.data = field.kind
    if form.accepted():
        try:
            questions.change(field, form.question(), actor=actor, now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
            db.session().rollback()
            found = queries.managed(sheet_id, actor, MANAGE)
            field = questions.of_sheet(found, field_id)
        else:
            flash(_("改好了。"), "ok")
            return go(url_for("signups_desk.questions_page", sheet_id=sheet_id))
    page = render_template(
        "signups/desk_question.html",
        form=form,
        sheet=found,
        question=field,
        frozen=sheets.occupied(found),
        **frame(found),
    )
    return page, 422 if form.problems else 200


@bp.post("/<int:sheet_id>/form/<int:field_id>/remove")
@needs(MANAGE)
def remove_question(sheet_id: int, field_id: int) -> ResponseReturnValue:
    """Take a question away that nobody answered."""
    actor = current_actor()
    found = queries.managed(sheet_id, actor, MANAGE)
    if request.form.get("sure") != "1":
        abort(400)
    try:
        questions.remove(questions.of_sheet(found, field_id), actor=actor, now=clock.now())
    except UnionHallError as error:
        fail()
        flash(str(error), "bad")
    else:
        flash(_("删掉了。"), "ok")
    return go(url_for("signups_desk.questions_page", sheet_id=sheet_id))
