"""The desk's roster of a chapter: who belongs to it, who asks to, links, lists. No identity and no mobile number is shown."""

from __future__ import annotations

import csv
import io

from flask import abort, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from unionhall.plugin import (
    Pager,
    UnionHallError,
    absolute,
    can,
    clock,
    current_actor,
    export_url,
    go,
    member_names,
    needs,
    never_cache,
    orgs_by_ids,
    page_number,
    read_table,
    roster_line,
    session,
    tidy,
)
from unionhall_chapters import labels, queries, rights
from unionhall_chapters.blueprints import desk
from unionhall_chapters.joining import admitting, applying, invitations, listed, roster
from unionhall_chapters.joining.forms import InviteForm, ListForm, ReasonForm
from unionhall_chapters.models import Chapter


@desk.get("/<int:chapter_id>/members/")
@needs(rights.READ)
def members(chapter_id: int) -> ResponseReturnValue:
    """List a chapter's members."""
    never_cache()
    actor, page = current_actor(), page_number()
    found = queries.managed(chapter_id, actor, rights.READ)
    words = tidy(request.args.get("q", ""))[:40]
    rows, total = roster.page(found, words, page, clock.local_day(clock.now()))
    org = orgs_by_ids([found.org_id])[found.org_id]
    return render_template(
        "chapters/desk/members.html", chapter=found, rows=rows, words=words, pager=Pager(page, total, roster.SIZE),
        export=export_url("chapters.roster", {"chapter": str(found.id), "q": words}), may_manage=can(actor, rights.MANAGE, org),
        standing=labels.STANDING, code=listed.code_of,
    )  # fmt: skip


@desk.route("/<int:chapter_id>/members/<int:member_id>/end", methods=["GET", "POST"])
@needs(rights.MANAGE)
def end_membership(chapter_id: int, member_id: int) -> ResponseReturnValue:
    """Ask why, then take somebody off the roster."""
    never_cache()
    actor, form = current_actor(), ReasonForm()
    found = queries.managed(chapter_id, actor, rights.MANAGE)
    line = roster_line(member_id, found.org_id)
    if form.accepted():
        try:
            admitting.let_go(found, member_id, reason=form.reason.data or "", actor=actor, now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
            return render_template("chapters/desk/member_end.html", chapter=found, line=line, form=form), error.status
        flash(_("“%(name)s”已不在协会的名册上，单位工会的会籍不变。", name=line.name), "ok")
        return go(url_for("chapters_desk.members", chapter_id=chapter_id))
    return render_template("chapters/desk/member_end.html", chapter=found, line=line, form=form), 422 if form.problems else 200


@desk.get("/<int:chapter_id>/applications/")
@needs(rights.MANAGE)
def applications(chapter_id: int) -> ResponseReturnValue:
    """List who asks to join, with links to invite by."""
    found = queries.managed(chapter_id, current_actor(), rights.MANAGE)
    return _applications(found, ReasonForm(formdata=None), InviteForm(formdata=None))


@desk.post("/<int:chapter_id>/applications/<int:application_id>")
@needs(rights.MANAGE)
def decide(chapter_id: int, application_id: int) -> ResponseReturnValue:
    """Answer an application."""
    actor, form, verdict = current_actor(), ReasonForm(), request.form.get("verdict", "")
    found = queries.managed(chapter_id, actor, rights.MANAGE)
    asked = applying.get(found, application_id)
    if verdict not in {"accept", "refuse"}:
        abort(400)
    if not form.accepted():
        return _applications(found, form, InviteForm(formdata=None), application_id), 422
    try:
        applying.decide(asked, found, accept=verdict == "accept", reason=form.reason.data or "", actor=actor, now=clock.now())
    except UnionHallError as error:
        form.refuse(error)
        session().rollback()
        found = queries.managed(chapter_id, actor, rights.MANAGE)
        return _applications(found, form, InviteForm(formdata=None), application_id), error.status
    flash(_("答复好了，申请人会收到消息。"), "ok")
    return go(url_for("chapters_desk.applications", chapter_id=chapter_id))


@desk.post("/<int:chapter_id>/invites")
@needs(rights.MANAGE)
def invite(chapter_id: int) -> ResponseReturnValue:
    """Make a link, or end one."""
    actor, form, now = current_actor(), InviteForm(), clock.now()
    found = queries.managed(chapter_id, actor, rights.MANAGE)
    if (ended := request.form.get("end", "")).isdecimal() and len(ended) < 10:
        invitations.revoke(invitations.get(found, int(ended)), found, actor=actor, now=now)
        flash(_("这个链接不能再用了。"), "ok")
        return go(url_for("chapters_desk.applications", chapter_id=chapter_id))
    if not form.accepted():
        return _applications(found, ReasonForm(formdata=None), form), 422
    try:
        invitations.make(found, label=form.label.data or "", uses=form.uses.data or 0, days=form.days.data or 0, actor=actor, now=now)
    except UnionHallError as error:
        form.refuse(error)
        return _applications(found, ReasonForm(formdata=None), form), error.status
    flash(_("链接做好了，在下面，发给要邀请的人。"), "ok")
    return go(url_for("chapters_desk.applications", chapter_id=chapter_id))


def _applications(found: Chapter, form: ReasonForm, invite_form: InviteForm, refused_id: int = 0) -> str:
    never_cache()
    now, waiting, answered = clock.now(), applying.waiting(found), applying.answered(found)
    links = [
        (each, absolute(url_for("chapters.join", slug=found.slug, i=invitations.token(each))) if invitations.good(each, now) else "")
        for each in invitations.of_chapter(found)
    ]
    names = member_names({row.member_id for row in (*waiting, *answered)})
    return render_template(
        "chapters/desk/applications.html", chapter=found, waiting=waiting, answered=answered, names=names, form=form,
        invite_form=invite_form, links=links, refused_id=refused_id, rules=labels.RULES,
    )  # fmt: skip


@desk.route("/<int:chapter_id>/import", methods=["GET", "POST"])
@needs(rights.MANAGE)
def import_list(chapter_id: int) -> ResponseReturnValue:
    """Try a list of people, show what would become of each line, then take them in."""
    never_cache()
    actor, form, now = current_actor(), ListForm(), clock.now()
    found = queries.managed(chapter_id, actor, rights.MANAGE)
    lines: list[listed.Line] = []
    if kept := request.form.get("sealed", ""):
        number = listed.take_in(found, kept, actor=actor, now=now)
        flash(ngettext("加入了 %(num)d 人，他们会收到消息。", "加入了 %(num)d 人，他们会收到消息。", number), "ok")
        return go(url_for("chapters_desk.members", chapter_id=chapter_id))
    if form.accepted():
        try:
            lines = listed.try_out(found, *_table(form), actor=actor, now=now)
        except UnionHallError as error:
            form.refuse(error)
            return render_template("chapters/desk/import.html", chapter=found, form=form, lines=[], sealed=""), error.status
    page = render_template(
        "chapters/desk/import.html", chapter=found, form=form, lines=lines, sealed=listed.sealed(found, lines) if lines else "",
        outcomes=labels.OUTCOMES, new=sum(1 for line in lines if line.outcome == "new"),
    )  # fmt: skip
    return page, 422 if form.problems else 200


def _table(form: ListForm) -> tuple[list[str], list[tuple[int, list[str]]]]:
    if form.file.data:
        headings, lines = read_table(form.file.data.stream, listed.MOST)
        return headings, [(number, list(cells)) for number, cells in lines]
    text = form.pasted.data or ""
    rows = list(csv.reader(io.StringIO(text), delimiter="\t" if "\t" in text else ","))
    return (rows[0] if rows else []), list(enumerate(rows[1 : listed.MOST + 1], 2))
