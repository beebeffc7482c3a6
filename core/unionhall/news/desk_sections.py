"""Sections: their names and addresses, and how many steps an article passes before readers see it."""

from __future__ import annotations

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.base import clock, db
from unionhall.base.errors import Conflict, NotFound, RuleBroken
from unionhall.base.web import fail, go
from unionhall.desk.forms import DeskForm
from unionhall.news import rights, sections
from unionhall.news.desk_blueprint import bp
from unionhall.news.models import Section
from unionhall.news.section_forms import LONGEST_LABEL, MOST_STEPS, WHO, SectionForm, StepRow
from unionhall.platform import access
from unionhall.platform.access import current_actor, needs


@bp.get("/sections/")
@needs(rights.SECTIONS)
def section_list() -> ResponseReturnValue:
    """List the sections with their review steps and what they hold."""
    _for_the_site()
    return render_template("news/desk_sections.html", sections=sections.all_sections(), numbers=sections.numbers(), who=WHO)


@bp.get("/sections/new")
@needs(rights.SECTIONS)
def new_section() -> ResponseReturnValue:
    """Show the form of a new section: one step to begin with."""
    _for_the_site()
    form = SectionForm(formdata=None)
    form.steps.data = [StepRow(_("审核"))]
    return _page(form, None)


@bp.post("/sections/new")
@needs(rights.SECTIONS)
def create_section() -> ResponseReturnValue:
    """Store a new section."""
    _for_the_site()
    return _save(SectionForm(), None)


@bp.get("/sections/<int:section_id>")
@needs(rights.SECTIONS)
def edit_section(section_id: int) -> ResponseReturnValue:
    """Show a section to change it."""
    _for_the_site()
    section = _get(section_id)
    form = SectionForm(formdata=None)
    form.fill(section)
    return _page(form, section)


@bp.post("/sections/<int:section_id>")
@needs(rights.SECTIONS)
def save_section(section_id: int) -> ResponseReturnValue:
    """Store what was changed."""
    _for_the_site()
    return _save(SectionForm(), _get(section_id))


@bp.get("/sections/<int:section_id>/remove")
@needs(rights.SECTIONS)
def remove_section_page(section_id: int) -> ResponseReturnValue:
    """Ask before a section is removed, or say why it cannot be."""
    _for_the_site()
    section = _get(section_id)
    form = DeskForm(formdata=None)
    return render_template("news/desk_section_remove.html", section=section, count=sections.held(section), form=form)


@bp.post("/sections/<int:section_id>/remove")
@needs(rights.SECTIONS)
def remove_section(section_id: int) -> ResponseReturnValue:
    """Remove a section that never held an article."""
    _for_the_site()
    section, form = _get(section_id), DeskForm()
    name = section.name
    try:
        sections.remove_section(section, actor=current_actor(), now=clock.now())
    except RuleBroken as error:
        form.refuse(error)
        db.session().rollback()
        section = _get(section_id)
        page = render_template("news/desk_section_remove.html", section=section, count=sections.held(section), form=form)
        return page, error.status
    flash(_("栏目“%(name)s”已删除。", name=name), "ok")
    return go(url_for("news_desk.section_list"))


def _for_the_site() -> None:
    """Sections belong to the whole site: a chief editor of one org only does not change them."""
    access.require(current_actor(), rights.SECTIONS, access.SITE)


def _get(section_id: int) -> Section:
    found = db.session().get(Section, section_id) if section_id < 2**31 else None
    if found is None:
        raise NotFound()
    return found


def _save(form: SectionForm, section: Section | None) -> ResponseReturnValue:
    if order := request.form.get("rows"):
        fail()
        form.steps.arrange(order)
        return _page(form, section)
    if not form.accepted():
        return _page(form, section, 422)
    section_id = section.id if section else 0
    try:
        saved = sections.save_section(section, form.fields(), actor=current_actor(), now=clock.now())
    except (RuleBroken, Conflict) as error:
        form.refuse(error)
        db.session().rollback()
        return _page(form, _get(section_id) if section_id else None, error.status)
    flash(_("栏目“%(name)s”已保存。", name=saved.name), "ok")
    return go(url_for("news_desk.section_list"))


def _page(form: SectionForm, section: Section | None, status: int = 200) -> ResponseReturnValue:
    page = render_template(
        "news/desk_section.html", form=form, section=section, who=WHO, most=MOST_STEPS, longest=LONGEST_LABEL,
        waiting=sections.waiting(section) if section else 0, count=sections.held(section) if section else 0,
    )
    return page, status
