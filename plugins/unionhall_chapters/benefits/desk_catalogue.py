"""The desk's catalogue of benefits: the list, a new one, a new version, closing."""

from __future__ import annotations

from flask import abort, flash, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.plugin import UnionHallError, can, clock, current_actor, desk_scope, go, needs, org_by_path, session
from unionhall_chapters import rights
from unionhall_chapters.benefits import catalogue, labels, queries, settings
from unionhall_chapters.benefits.forms import BenefitForm
from unionhall_chapters.benefits.models import Benefit
from unionhall_chapters.blueprints import desk


@desk.get("/benefits/")
@needs(rights.BENEFITS)
def benefit_list() -> ResponseReturnValue:
    """List the benefits in the scope."""
    actor = current_actor()
    rows = queries.catalogue(actor, desk_scope(actor))
    return render_template("chapters/benefits/desk_catalogue.html", rows=rows, categories=labels.CATEGORIES, payers=labels.PAYERS)


@desk.route("/benefits/new", methods=["GET", "POST"])
@needs(rights.BENEFITS)
def new_benefit() -> ResponseReturnValue:
    """Offer a new benefit at the org that one works in, and below it."""
    actor, form = current_actor(), BenefitForm()
    org = org_by_path(desk_scope(actor))
    if org is None or not can(actor, rights.BENEFITS, org):
        abort(404)
    if not form.is_submitted():
        form.audience.data, form.window_days.data = list(labels.AUDIENCES), settings.claim_days()
        form.valid_from.data = clock.local_day(clock.now())
    if form.accepted():
        try:
            catalogue.add(org, form.terms(), actor=actor, now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
        else:
            flash(_("福利加上了，会员现在就能看到。"), "ok")
            return go(url_for("chapters_desk.benefit_list"))
    return _editor(form, None, org.name)


@desk.route("/benefits/<int:benefit_id>/", methods=["GET", "POST"])
@needs(rights.BENEFITS)
def edit_benefit(benefit_id: int) -> ResponseReturnValue:
    """Change a benefit by a new version; who saves second is told."""
    actor, form = current_actor(), BenefitForm()
    found = queries.managed_benefit(benefit_id, actor)
    if not found.current and not form.is_submitted():
        return go(url_for("chapters_desk.edit_benefit", benefit_id=queries.current_of(found).id))
    if not form.is_submitted():
        form.fill(found)
    if form.accepted():
        try:
            catalogue.change(found, form.terms(), actor=actor, now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
            found = queries.managed_benefit(benefit_id, actor)
        else:
            flash(_("存成了新的一版。已经提交的申请仍按旧版办。"), "ok")
            return go(url_for("chapters_desk.benefit_list"))
    return _editor(form, found, found.org.name)


def _editor(form: BenefitForm, found: Benefit | None, org_name: str) -> ResponseReturnValue:
    page = render_template(
        "chapters/benefits/desk_benefit.html", form=form, benefit=found, org_name=org_name,
        versions=queries.versions(found) if found else [],
        months=settings.benefit_months(),
    )  # fmt: skip
    return page, 422 if form.problems else 200


@desk.post("/benefits/<int:benefit_id>/offer")
@needs(rights.BENEFITS)
def offer_benefit(benefit_id: int) -> ResponseReturnValue:
    """Close a benefit, or offer it again."""
    actor = current_actor()
    found = queries.managed_benefit(benefit_id, actor)
    catalogue.offer(found, not found.offered, actor=actor, now=clock.now())
    flash(_("又可以申请了。") if found.offered else _("停办了，已经提交的申请照常办。"), "ok")
    return go(url_for("chapters_desk.benefit_list"))
