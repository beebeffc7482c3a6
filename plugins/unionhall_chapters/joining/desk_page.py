"""The desk's forms for what a chapter says of itself: its page with a preview, its rules."""

from __future__ import annotations

from flask import flash, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.plugin import (
    Conflict,
    UnionHallError,
    can,
    clock,
    current_actor,
    editor_labels,
    go,
    needs,
    never_cache,
    orgs_by_ids,
    session,
)
from unionhall_chapters import queries, rights
from unionhall_chapters.blueprints import desk
from unionhall_chapters.joining import profile
from unionhall_chapters.joining import site as readers
from unionhall_chapters.joining.forms import PageForm, RulesForm


@desk.route("/<int:chapter_id>/page", methods=["GET", "POST"])
@needs(rights.MANAGE)
def edit_page(chapter_id: int) -> ResponseReturnValue:
    """Change what the chapter's page says; who saves second is told."""
    actor = current_actor()
    found = queries.managed(chapter_id, actor, rights.MANAGE)
    form, status = PageForm(obj=found, data={"photos": profile.album(found)}), 200
    form.org_id = found.org_id
    if not form.is_submitted():
        form.version.data = str(found.version)
    if form.accepted():
        version = str(form.version.data)
        number = int(version) if version.isdecimal() and len(version) < 10 else 0
        try:
            profile.keep(found, form.said(), version=number, actor=actor, now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
            found, status = queries.managed(chapter_id, actor, rights.MANAGE), error.status
            if isinstance(error, Conflict):
                form.version.data = str(found.version)
        else:
            flash(_("主页存好了。"), "ok")
            return go(url_for("chapters_desk.edit_page", chapter_id=chapter_id))
    page = render_template(
        "chapters/desk/page.html", chapter=found, form=form, editor_labels=editor_labels(),
        may_upload=can(actor, "media.use", orgs_by_ids([found.org_id])[found.org_id]),
    )  # fmt: skip
    return page, status if status != 200 else (422 if form.problems else 200)


@desk.get("/<int:chapter_id>/preview")
@needs(rights.READ)
def preview(chapter_id: int) -> ResponseReturnValue:
    """Show the page as readers see it, also before they do."""
    never_cache()
    return readers.page(queries.managed(chapter_id, current_actor(), rights.READ), preview=True)


@desk.route("/<int:chapter_id>/rules/", methods=["GET", "POST"])
@needs(rights.MANAGE)
def rules(chapter_id: int) -> ResponseReturnValue:
    """Show the versions of a chapter's rules, and add one."""
    actor, form = current_actor(), RulesForm()
    found = queries.managed(chapter_id, actor, rights.MANAGE)
    if form.accepted():
        try:
            profile.adopt(found, form.text.data or "", form.adopted_on.data or clock.local_day(clock.now()), actor=actor, now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
        else:
            flash(_("新的一版章程登记好了，已经公开。"), "ok")
            return go(url_for("chapters_desk.rules", chapter_id=chapter_id))
    page = render_template("chapters/desk/rules.html", chapter=found, form=form, versions=profile.rules(found))
    return page, 422 if form.problems else 200
