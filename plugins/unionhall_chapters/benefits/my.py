"""A person's own benefits: what they may claim, their claims, and the steps of a claim."""

from __future__ import annotations

from flask import abort, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from unionhall.plugin import (
    UnionHallError,
    clock,
    current_actor,
    current_member,
    go,
    never_cache,
    publicity_of,
    send_stored,
    session,
    takes_files,
)
from unionhall_chapters.benefits import checking, claims, covering, facts, labels, papers, queries
from unionhall_chapters.benefits.forms import PayeeForm, StoryForm, SubmitForm, TextForm, papers_form
from unionhall_chapters.benefits.models import Claim, State
from unionhall_chapters.blueprints import site

STEPS = (State.SUBMITTED, State.CHECKED, State.PUBLICITY, State.APPROVED, State.PAID)


def _me() -> int:
    """Return the member who is logged in; strangers are sent to log in, who is on no roster is told so."""
    never_cache()
    if not current_actor().known:
        abort(401)
    member = current_member()
    return member.id if member else 0


def _mine(claim_id: int) -> Claim:
    return queries.my_claim(claim_id, _me())


@site.get("/my/claims/")
def my_claims() -> ResponseReturnValue:
    """Show what one may claim, what not yet and why not, and one's claims."""
    me, category = _me(), request.args.get("category", "")
    category = category if category in set(labels.CATEGORIES) else ""
    lines = facts.finder(me, clock.local_day(clock.now()), category) if me else []
    rows = queries.of_member(me) if me else []
    return render_template(
        "chapters/benefits/mine.html", lines=lines, rows=rows, member=me, category=category, categories=labels.CATEGORIES,
        icons=labels.ICONS,
        handled=_handled(rows),
    )  # fmt: skip


def _handled(rows: list[Claim]) -> dict[int, str]:
    """Return {claim id: who handles the same event} of those that stand behind another."""
    return {row.id: covering.words(queries.claim(row.covered_by_id)) for row in rows if row.covered_by_id}


@site.route("/my/claims/new", methods=["GET", "POST"])
def new_claim() -> ResponseReturnValue:
    """The first step: what happened. A draft is kept from here on."""
    me, asked = _me(), request.args.get("benefit", "")
    if not me:
        return go(url_for("chapters.my_claims"))
    benefit = queries.current_of(queries.benefit(int(asked) if asked.isdecimal() and len(asked) < 10 else 0))
    form, status = StoryForm(), 200
    if form.accepted():
        try:
            claim = claims.start(me, benefit.id, form.story(), actor=current_actor(), now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
            benefit = queries.benefit(benefit.id)
        else:
            return go(url_for("chapters.claim_papers", claim_id=claim.id))
    status = 422 if form.problems else 200
    general = facts.verdict(benefit, me, None, clock.local_day(clock.now()))
    return render_template("chapters/benefits/step_event.html", form=form, benefit=benefit, claim=None, verdict=general), status


@site.route("/my/claims/<int:claim_id>/event", methods=["GET", "POST"])
def claim_event(claim_id: int) -> ResponseReturnValue:
    """Change what happened."""
    claim, form = _mine(claim_id), StoryForm()
    if not form.is_submitted():
        form.fill(claims.story(claim))
    if form.accepted():
        try:
            claims.save_story(claim, form.story(), actor=current_actor(), now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
            claim = _mine(claim_id)
        else:
            return go(url_for("chapters.claim_papers", claim_id=claim_id))
    page = render_template("chapters/benefits/step_event.html", form=form, benefit=claim.benefit, claim=claim, verdict=None)
    return page, 422 if form.problems else 200


@site.route("/my/claims/<int:claim_id>/papers", methods=["GET", "POST"])
@takes_files
def claim_papers(claim_id: int) -> ResponseReturnValue:
    """The second step: photos and documents; several for each paper, one at a time if need be."""
    claim = _mine(claim_id)
    form = papers_form(claims.wanted(claim.benefit))()
    if form.accepted():
        slots = [(slot, upload) for slot in range(len(form.asked) + 1) for upload in form[f"paper{slot}"].data or ()]
        try:
            sent = papers.read([(slot, upload) for slot, upload in slots if isinstance(upload, FileStorage)])
            claim = _mine(claim_id)
            papers.add(claim, sent, actor=current_actor(), now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
            claim = _mine(claim_id)
        else:
            if request.form.get("more"):
                return go(url_for("chapters.claim_papers", claim_id=claim_id))
            return go(url_for("chapters.claim_payee", claim_id=claim_id))
    page = render_template("chapters/benefits/step_papers.html", form=form, claim=claim, benefit=claim.benefit)
    return page, 422 if form.problems else 200


@site.post("/my/claims/<int:claim_id>/papers/<int:paper_id>/remove")
def remove_paper(claim_id: int, paper_id: int) -> ResponseReturnValue:
    """Take a paper away again."""
    claim = _mine(claim_id)
    papers.take_away(claim, queries.paper(claim, paper_id), now=clock.now())
    return go(url_for("chapters.claim_papers", claim_id=claim_id))


@site.get("/my/claims/<int:claim_id>/papers/<int:paper_id>")
def my_paper(claim_id: int, paper_id: int) -> ResponseReturnValue:
    """Send back a paper that this person sent."""
    found = queries.paper(_mine(claim_id), paper_id)
    return send_stored(found.file, found.mime, found.name)


@site.route("/my/claims/<int:claim_id>/payee", methods=["GET", "POST"])
def claim_payee(claim_id: int) -> ResponseReturnValue:
    """The third step: where the money goes."""
    claim, form = _mine(claim_id), PayeeForm()
    if not form.is_submitted():
        form.fill(claim)
    if form.accepted():
        try:
            claims.save_payee(claim, form.payee(), actor=current_actor(), now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
            claim = _mine(claim_id)
        else:
            return go(url_for("chapters.claim_summary", claim_id=claim_id))
    page = render_template("chapters/benefits/step_payee.html", form=form, claim=claim, benefit=claim.benefit)
    return page, 422 if form.problems else 200


@site.route("/my/claims/<int:claim_id>/summary", methods=["GET", "POST"])
def claim_summary(claim_id: int) -> ResponseReturnValue:
    """The last step: look at it once more, consent, send. Sent twice, it is one claim."""
    claim, form, status = _mine(claim_id), SubmitForm(), 200
    if form.accepted():
        try:
            other = claims.submit(claim, consent=bool(form.consent.data), actor=current_actor(), now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
            claim, status = _mine(claim_id), error.status
        else:
            told = _("同一件事%(who)s不会重复支付。", who=covering.words(other)) if other else _("申请交上去了，编号 %(number)s。",
            number=claim.number)
            flash(told, "info" if other else "ok")
            return go(url_for("chapters.my_claim", claim_id=claim_id))
    verdict = facts.verdict(claim.benefit, claim.member_id or 0, claims.story(claim).happened, clock.local_day(clock.now()))
    page = render_template(
        "chapters/benefits/step_summary.html", form=form, claim=claim, benefit=claim.benefit, story=claims.story(claim),
        lacking=claims.lacking(claim), verdict=verdict,
    )  # fmt: skip
    return page, status


@site.get("/my/claims/<int:claim_id>/")
def my_claim(claim_id: int) -> ResponseReturnValue:
    """Show how a claim stands, step by step."""
    return _page(_mine(claim_id), TextForm(formdata=None))


def _page(claim: Claim, form: TextForm) -> str:
    notice = next(iter(publicity_of(checking.KIND, claim.id)), None)
    return render_template(
        "chapters/benefits/claim.html", claim=claim, benefit=claim.benefit, form=form, notice=notice,
        handled=_handled([claim]).get(claim.id, ""), settled=covering.settled_elsewhere(claim),
        acts=labels.ACTS, refusals=labels.REFUSALS, steps=STEPS, words=labels.STATES, done=_done(claim), story=claims.story(claim),
    )  # fmt: skip


def _done(claim: Claim) -> dict[str, object]:
    """Return {state: when it was reached} for the line of steps."""
    reached = {"submit": State.SUBMITTED, "check": State.CHECKED, "publish": State.PUBLICITY, "approve": State.APPROVED, "pay": State.PAID}
    return {reached[step.act]: step.at for step in claim.steps if step.act in reached}


@site.post("/my/claims/<int:claim_id>/appeal")
def appeal_claim(claim_id: int) -> ResponseReturnValue:
    """Ask for another look."""
    claim, form, status = _mine(claim_id), TextForm(), 422
    if form.accepted():
        try:
            claims.appeal(claim, form.text.data or "", actor=current_actor(), now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
            claim, status = _mine(claim_id), error.status
        else:
            flash(_("申诉收到了，会由另一个人复核。"), "ok")
            return go(url_for("chapters.my_claim", claim_id=claim_id))
    return _page(claim, form), status


@site.post("/my/claims/<int:claim_id>/withdraw")
def withdraw_claim(claim_id: int) -> ResponseReturnValue:
    """Take a claim back, or throw a draft away."""
    claims.withdraw(_mine(claim_id), actor=current_actor(), now=clock.now())
    flash(_("申请撤回了。"), "ok")
    return go(url_for("chapters.my_claims"))
