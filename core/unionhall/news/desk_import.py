"""Importing a newspaper page in the desk: first what it would make, then the drafts."""

from __future__ import annotations

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import SelectField, TextAreaField

from unionhall.base import clock, db
from unionhall.base.errors import NotFound, RuleBroken
from unionhall.base.web import go
from unionhall.desk import scope
from unionhall.desk.forms import DeskForm
from unionhall.news import desk_queries, newspaper, newspaper_flags, newspaper_import, queries, rights
from unionhall.news.desk_blueprint import bp
from unionhall.news.models import Section
from unionhall.news.newspaper_import import Report
from unionhall.orgs import queries as orgs
from unionhall.orgs.models import Org
from unionhall.platform import access
from unionhall.platform.access import current_actor, needs

MOST_ORGS = 400


def _number(text: object) -> int:
    value = str(text or "")
    return int(value) if value.isdecimal() and len(value) < 10 else 0


class ImportForm(DeskForm):
    """A page as a file or pasted, and where its stories belong."""

    file = FileField(_l("文件"))
    text = TextAreaField(_l("版面文字"))
    org_id = SelectField(_l("组织"), coerce=_number, validate_choice=False)
    section_id = SelectField(_l("栏目"), coerce=_number, validate_choice=False)

    def page_text(self) -> str:
        """Return the page's text, from the file if there is one. Raises PageRefused."""
        upload = self.file.data
        if upload and upload.filename:
            with upload.stream as stream:
                return newspaper_import.read(stream.read(newspaper.MAX_BYTES + 1))
        return self.text.data or ""


@bp.get("/import")
@needs(rights.IMPORT)
def import_page() -> ResponseReturnValue:
    """Ask for a newspaper page."""
    form, actor = ImportForm(formdata=None), current_actor()
    here = orgs.by_path(scope.current(actor))
    sections = queries.sections()
    form.org_id.data, form.section_id.data = here.id if here else 0, sections[0].id if sections else 0
    return _ask(form)


@bp.post("/import")
@needs(rights.IMPORT)
def import_newspaper() -> ResponseReturnValue:
    """Show what a page would make; when that was seen and confirmed, make the drafts."""
    form, actor = ImportForm(), current_actor()
    if not form.accepted():
        return _ask(form, 422)
    try:
        org, section, text = _org(form), _section(form), form.page_text()
        if request.form.get("then") == "apply":
            done = newspaper_import.apply(text, org, section, actor=actor, now=clock.now())
            return _report(form, done, org, section, text, done=True)
        return _report(form, newspaper_import.plan(text, org), org, section, text, done=False)
    except RuleBroken as error:
        form.refuse(error)
        db.session().rollback()
        return _ask(form, error.status)


@bp.post("/<int:article_id>/import-flags")
@needs(rights.WRITE)
def dismiss_flags(article_id: int) -> ResponseReturnValue:
    """Put away what the import was unsure of: somebody has looked at it."""
    actor = current_actor()
    newspaper_flags.dismiss(desk_queries.get(article_id, actor), actor=actor, now=clock.now())
    flash(_("导入时要核对的地方已收起。"), "ok")
    return go(url_for("news_desk.edit", article_id=article_id))


@bp.context_processor
def flags() -> dict[str, object]:
    """Give the editor's page what an import was unsure of."""
    return {"import_flags": newspaper_flags.of}


def _org(form: ImportForm) -> Org:
    org = db.session().get(Org, form.org_id.data or 0)
    if org is None or not access.can(current_actor(), rights.IMPORT, org):
        raise RuleBroken(_("请选择以哪个组织的名义导入。"), field="org_id")
    return org


def _section(form: ImportForm) -> Section:
    section = db.session().get(Section, form.section_id.data or 0)
    if section is None or not section.open:
        raise RuleBroken(_("请选择在收稿的栏目。"), field="section_id")
    return section


def choices(permission: str) -> dict[str, object]:
    """Return the orgs, around the one that is worked in, at which this actor holds a permission, and the open sections."""
    actor = current_actor()
    within = orgs.by_path(scope.current(actor))
    if within is None:
        raise NotFound()
    found = [org for org in orgs.within([within.path]) if access.can(actor, permission, org)]
    return {"orgs": (found or orgs.manageable(actor, permission))[:MOST_ORGS], "sections": queries.sections()}


def _ask(form: ImportForm, status: int = 200) -> ResponseReturnValue:
    return render_template("news/desk_import.html", form=form, **choices(rights.IMPORT)), status


def _report(form: ImportForm, report: Report, org: Org, section: Section, text: str, *, done: bool) -> ResponseReturnValue:
    return render_template("news/desk_import_report.html", form=form, report=report, org=org, section=section, text=text, done=done)
