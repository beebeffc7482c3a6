"""The desk's bank of questions: list, editor, review."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import abort, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.plugin import (
    Org,
    Pager,
    UnionHallError,
    account_names,
    can,
    clock,
    current_actor,
    desk_scope,
    export_url,
    go,
    media_assets,
    needs,
    org_by_path,
    page_number,
    session,
    takes_files,
)
from unionhall_quiz import rights
from unionhall_quiz.bank import columns, importing, labels, queries, services
from unionhall_quiz.bank.forms import ImportForm, QuestionForm, ReturnForm
from unionhall_quiz.bank.models import Question
from unionhall_quiz.bank.queries import Filter
from unionhall_quiz.blueprints import desk


def _here(right: str) -> Org:
    """Return the org that one works in, where one holds a right."""
    actor = current_actor()
    org = org_by_path(desk_scope(actor))
    if org is None or not can(actor, right, org):
        abort(404)
    return org


@desk.get("/questions/")
@needs(rights.READ)
def questions() -> ResponseReturnValue:
    """List the questions in the scope."""
    actor, chosen, page = current_actor(), Filter.of(request.args), page_number()
    scope, today = desk_scope(actor), clock.local_day(clock.now())
    rows, total = queries.questions(actor, scope, chosen, today, page=page)
    return render_template(
        "quiz/bank/desk_list.html", rows=rows, total=total, pager=Pager(page, total, queries.SIZE), filter=chosen, kinds=labels.KINDS,
        states=labels.STATES, topics=queries.topics(actor, scope), today=today, may_write=can(actor, rights.WRITE, scope),
        names=account_names({row.author_id for row in rows if row.author_id}), export=export_url("quiz.questions", chosen.values()),
    )  # fmt: skip


@desk.route("/questions/new", methods=["GET", "POST"])
@needs(rights.WRITE)
def new_question() -> ResponseReturnValue:
    """Write a question of the org that one works in."""
    return _edit(_here(rights.WRITE), None)


@desk.route("/questions/<int:question_id>/", methods=["GET", "POST"])
@needs(rights.READ)
def question(question_id: int) -> ResponseReturnValue:
    """Show a question; whoever may write changes it here."""
    found = queries.question(question_id, current_actor())
    if not can(current_actor(), rights.WRITE, found.org):
        if request.method == "POST":
            abort(403)
        return _page(None, found, found.org)
    return _edit(found.org, found)


def _edit(org: Org, found: Question | None) -> ResponseReturnValue:
    held = {"media_id": found.media_id, "pictures": services.media_of(found)} if found else {}
    actor, form = current_actor(), QuestionForm(**held)
    form.org_id = org.id
    topics = queries.topics_for(org)
    form.offer(topics)
    if found is not None and not form.is_submitted():
        form.fill(services.draft_of(found), found.version)
    if form.accepted():
        now = clock.now()
        try:
            if found is None:
                found = services.add(org, form.draft(), actor=actor, now=now)
            else:
                version = int(form.version.data or 0) if (form.version.data or "").isdecimal() else 0
                services.change(found, form.draft(), version=version, actor=actor, now=now)
            if request.form.get("then") == "submit" and found.state == "draft":
                services.submit(found, actor=actor, now=now)
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
            found = queries.question(found.id, actor) if found is not None and found.id else None
        else:
            flash(_("送审了，另一位同事审过就能用。") if found.state == "review" else _("保存好了。"), "ok")
            return go(url_for("quiz_desk.question", question_id=found.id))
    return _page(form, found, org), 422 if form.problems else 200


def _page(form: QuestionForm | None, found: Question | None, org: Org) -> str:
    actor = current_actor()
    people = [item for item in (found.author_id, found.reviewed_by) if item] if found else []
    return render_template(
        "quiz/bank/desk_question.html", form=form, question=found, org=org, kinds=labels.KINDS, states=labels.STATES,
        difficulties=labels.DIFFICULTIES, names=account_names(set(people)),
        pictures=media_assets(services.media_of(found)) if found else {},
        topics=queries.topics_for(org), today=clock.local_day(clock.now()), may_review=bool(found) and can(actor, rights.REVIEW, org),
        own=found is not None and found.author_id == actor.account_id, return_form=ReturnForm(formdata=None),
    )  # fmt: skip


def _act(question_id: int, right: str, act: Callable[[Question], Any], done: str, *, back: str = "") -> ResponseReturnValue:
    found = queries.question(question_id, current_actor(), right)
    try:
        act(found)
    except UnionHallError as error:
        form = ReturnForm()
        form.refuse(error)
        session().rollback()
        found = queries.question(question_id, current_actor())
        page = render_template("quiz/bank/desk_refused.html", form=form, question=found)
        return page, error.status
    flash(done, "ok")
    return go(back or url_for("quiz_desk.question", question_id=question_id))


@desk.post("/questions/<int:question_id>/submit")
@needs(rights.WRITE)
def submit_question(question_id: int) -> ResponseReturnValue:
    """Send a draft to review."""
    actor, now = current_actor(), clock.now()
    return _act(question_id, rights.WRITE, lambda row: services.submit(row, actor=actor, now=now), _("送审了，另一位同事审过就能用。"))


@desk.post("/questions/<int:question_id>/approve")
@needs(rights.REVIEW)
def approve_question(question_id: int) -> ResponseReturnValue:
    """Let a question into papers."""
    actor, now = current_actor(), clock.now()
    done = _("通过了，可以抽到了。")
    return _act(question_id, rights.REVIEW, lambda row: services.approve(row, actor=actor, now=now), done, back=_next())


@desk.post("/questions/<int:question_id>/return")
@needs(rights.REVIEW)
def return_question(question_id: int) -> ResponseReturnValue:
    """Return a question with a reason."""
    actor, now, reason = current_actor(), clock.now(), request.form.get("reason", "")
    done = _("退回了，出题人能看到原因。")
    return _act(question_id, rights.REVIEW, lambda row: services.give_back(row, reason, actor=actor, now=now), done, back=_next())


@desk.post("/questions/<int:question_id>/retire")
@needs(rights.REVIEW)
def retire_question(question_id: int) -> ResponseReturnValue:
    """Take a question out of use."""
    actor, now = current_actor(), clock.now()
    return _act(question_id, rights.REVIEW, lambda row: services.retire(row, actor=actor, now=now), _("停用了，以后不会抽到。"))


@desk.post("/questions/<int:question_id>/revive")
@needs(rights.WRITE)
def revive_question(question_id: int) -> ResponseReturnValue:
    """Make a retired question a draft again."""
    actor, now = current_actor(), clock.now()
    return _act(question_id, rights.WRITE, lambda row: services.revive(row, actor=actor, now=now), _("恢复成草稿了，改好再送审。"))


def _next() -> str:
    return url_for("quiz_desk.review") if request.form.get("from") == "queue" else ""


@desk.get("/review/")
@needs(rights.REVIEW)
def review() -> ResponseReturnValue:
    """Show what waits for one's review, with answers and explanations."""
    rows = queries.to_review(current_actor(), desk_scope(current_actor()))
    pictures = media_assets([item for row in rows for item in services.media_of(row)])
    return render_template(
        "quiz/bank/desk_review.html", rows=rows, kinds=labels.KINDS, names=account_names({row.author_id for row in rows if row.author_id}),
        pictures=pictures, difficulties=labels.DIFFICULTIES,
    )  # fmt: skip


@desk.route("/questions/import", methods=["GET", "POST"])
@needs(rights.WRITE)
@takes_files
def import_questions() -> ResponseReturnValue:
    """Take questions from a spreadsheet; what is wrong is named by line, and nothing is stored unless asked."""
    org, form, report = _here(rights.WRITE), ImportForm(), None
    if form.accepted():
        try:
            report = importing.read(form.file.data.stream, org, clock.now()) if form.file.data else None
            if report is None:
                form.file.errors = [_("还没有选文件。")]
            elif report.problems and not form.skip_wrong.data:
                form.form_errors.append(_("有 %(n)s 行要改，一行也没有导入。改好再传，或者勾选“有错的行先放下”。", n=len(report.problems)))
            else:
                importing.store(report, org, submit=bool(form.submit_all.data), actor=current_actor(), now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
    page = render_template("quiz/bank/desk_import.html", form=form, report=report, org=org, columns=columns.COLUMNS)
    return page, 422 if form.problems else 200


@desk.get("/questions/template.csv")
@needs(rights.WRITE)
def question_template() -> ResponseReturnValue:
    """Hand out a table with the headings and three examples."""
    lines = [",".join(f'"{cell}"' for cell in row) for row in (columns.COLUMNS, *columns.EXAMPLES)]
    headers = {"Content-Disposition": "attachment; filename=questions.csv", "Content-Type": "text/csv; charset=utf-8"}
    return "\ufeff" + "\r\n".join(lines) + "\r\n", 200, headers
