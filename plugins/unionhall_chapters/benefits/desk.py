"""The desk's claims: a chapter's, all of them, one with its papers, and what is decided."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.plugin import (
    DeskForm,
    Pager,
    UnionHallError,
    can,
    clock,
    current_actor,
    desk_scope,
    export_url,
    go,
    in_yuan,
    needs,
    never_cache,
    page_number,
    publicity_of,
    send_stored,
    session,
)
from unionhall_chapters import queries as chapters
from unionhall_chapters import rights
from unionhall_chapters.benefits import checking, claims, covering, labels, papers, queries, states
from unionhall_chapters.benefits.forms import AmountForm, PublishForm, RefuseForm, TextForm, VisitForm
from unionhall_chapters.benefits.models import Claim, State
from unionhall_chapters.benefits.queries import Filter
from unionhall_chapters.blueprints import desk
from unionhall_chapters.models import Chapter


@desk.get("/<int:chapter_id>/claims/")
@needs(rights.CLAIMS)
def claims_of_chapter(chapter_id: int) -> ResponseReturnValue:
    """List a chapter's claims."""
    return _list(chapters.managed(chapter_id, current_actor(), rights.CLAIMS))


@desk.get("/claims/")
@needs(rights.CLAIMS)
def all_claims() -> ResponseReturnValue:
    """List the claims in the scope, those that wait first."""
    return _list(None)


def _list(chapter: Chapter | None) -> str:
    never_cache()
    actor, page, chosen = current_actor(), page_number(), Filter.of(request.args)
    below = desk_scope(actor) if chapter is None else ""
    rows, total = queries.claims(actor, below, chosen, chapter=chapter, page=page)
    return render_template(
        "chapters/benefits/desk_claims.html", chapter=chapter, rows=rows, total=total, pager=Pager(page, total, queries.SIZE),
        filter=chosen,
        states=labels.STATES, categories=labels.CATEGORIES, may_settle=can(actor, rights.SETTLE), may_keep=can(actor, rights.BENEFITS),
        export=export_url("chapters.claims", chosen.values() | ({"chapter": str(chapter.id)} if chapter else {})),
    )  # fmt: skip


@desk.get("/claims/<int:claim_id>/")
@needs(rights.CLAIMS)
def claim(claim_id: int) -> ResponseReturnValue:
    """Show a claim; what is behind it only when asked for."""
    return _page(queries.managed(claim_id, current_actor()))


@desk.post("/claims/<int:claim_id>/look")
@needs(rights.CLAIMS)
def look(claim_id: int) -> ResponseReturnValue:
    """Show what happened and the papers to who checks; that somebody looked is kept, and the person can read it."""
    actor, now = current_actor(), clock.now()
    found = queries.managed(claim_id, actor)
    if papers.may_look(found, actor):
        papers.looked(found, _("打开申请内容"), actor=actor, now=now)
    return _page(found, opened=True)


def _page(found: Claim, forms: dict[str, DeskForm] | None = None, *, opened: bool = False) -> str:
    never_cache()
    actor, given = current_actor(), forms or {}
    opened = opened and papers.may_look(found, actor)
    second = found.state in (State.CHECKED, State.PUBLICITY)
    amount = AmountForm(formdata=None, yuan=in_yuan(found.checked_fen if second else found.asked_fen))
    contact = f"{found.settle_org.name} {found.settle_org.phone}".strip()
    blank: dict[str, DeskForm] = {
        "return": TextForm(formdata=None), "check": amount, "approve": amount, "refuse": RefuseForm(formdata=None),
        "publish": PublishForm(formdata=None, contact=contact), "visit": VisitForm(formdata=None, on=clock.local_day(clock.now())),
    }  # fmt: skip
    may = {act: states.may(found, act, actor) for act in ("return", "check", "refuse_first", "publish", "approve", "refuse", "close")}
    return render_template(
        "chapters/benefits/desk_claim.html", claim=found, benefit=found.benefit, forms=blank | given, may=may, own=states.is_own(found,
        actor),
        may_look=papers.may_look(found, actor), story=claims.story(found) if opened else None,
        look=papers.look_mark(found, actor) if opened else "", acts=labels.ACTS, refusals=labels.REFUSALS,
        clear=checking.shown_clear(found), notices=publicity_of(checking.KIND, found.id), categories=labels.CATEGORIES,
        payers=labels.PAYERS,
        handled=covering.words(queries.claim(found.covered_by_id)) if found.covered_by_id else "",
        settled=covering.settled_elsewhere(found), behind=queries.covered_by(found),
        same_person=found.checked_by is not None and found.checked_by == actor.account_id, sent=given,
    )  # fmt: skip


@desk.get("/claims/<int:claim_id>/papers/<int:paper_id>")
@needs(rights.CLAIMS)
def claim_paper(claim_id: int, paper_id: int) -> ResponseReturnValue:
    """Send a paper to who checks and has just opened the claim, which was noted."""
    actor = current_actor()
    found = queries.managed(claim_id, actor)
    if not papers.may_look(found, actor) or not papers.has_looked(found, request.args.get("look", ""), actor):
        return _page(found), 403
    row = queries.paper(found, paper_id)
    return send_stored(row.file, row.mime, row.name)


def _decide(claim_id: int, name: str, form: DeskForm, act: Callable[[Claim], Any], done: str) -> ResponseReturnValue:
    """Run one decision; what a service refuses stands above the page, and what was typed stays."""
    found, status = queries.managed(claim_id, current_actor()), 422
    if form.accepted():
        try:
            other = act(found)
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
            status = error.status
        else:
            if isinstance(other, Claim):
                flash(_("没有通过：同一件事%(who)s两份保障不会重复支付。", who=covering.words(other)), "warn")
            else:
                flash(done, "ok")
            return go(url_for("chapters_desk.claim", claim_id=claim_id))
    return _page(queries.managed(claim_id, current_actor()), {name: form}), status


@desk.post("/claims/<int:claim_id>/return")
@needs(rights.CLAIMS)
def return_claim(claim_id: int) -> ResponseReturnValue:
    """Return a claim for more papers."""
    form, actor, now = TextForm(), current_actor(), clock.now()
    return _decide(claim_id, "return", form, lambda found: checking.give_back(found, form.text.data or "", actor=actor, now=now),
        _("退回了，本人已收到通知。"))


@desk.post("/claims/<int:claim_id>/check")
@needs(rights.CLAIMS)
def check_claim(claim_id: int) -> ResponseReturnValue:
    """Pass the first check."""
    form, actor, now = AmountForm(), current_actor(), clock.now()

    def act(found: Claim) -> None:
        checking.check(found, form.yuan.fen or 0, actor=actor, now=now, text=form.text.data or "")

    return _decide(claim_id, "check", form, act, _("初审通过，交给上级工会复审。"))


@desk.post("/claims/<int:claim_id>/refuse")
@needs(rights.CLAIMS)
def refuse_claim(claim_id: int) -> ResponseReturnValue:
    """Refuse a claim, at either check."""
    form, actor, now = RefuseForm(), current_actor(), clock.now()

    def act(found: Claim) -> None:
        checking.refuse(found, form.code.data or "", form.text.data or "", actor=actor, now=now)

    return _decide(claim_id, "refuse", form, act, _("已告诉本人没有通过和原因。"))


@desk.post("/claims/<int:claim_id>/publish")
@needs(rights.SETTLE)
def publish_claim(claim_id: int) -> ResponseReturnValue:
    """Put a claim on public view."""
    form, actor, now = PublishForm(), current_actor(), clock.now()

    def act(found: Claim) -> None:
        checking.publish(found, form.contact.data or "", actor=actor, now=now, change=form.change.data or "")

    return _decide(claim_id, "publish", form, act, _("开始公示了，姓名隐去了一部分。"))


@desk.post("/claims/<int:claim_id>/approve")
@needs(rights.SETTLE)
def approve_claim(claim_id: int) -> ResponseReturnValue:
    """Grant a claim."""
    form, actor, now = AmountForm(), current_actor(), clock.now()

    def act(found: Claim) -> Claim | None:
        return checking.approve(found, form.yuan.fen or 0, actor=actor, now=now, text=form.text.data or "")

    return _decide(claim_id, "approve", form, act, _("复审通过，可以发放了。"))


@desk.post("/claims/<int:claim_id>/visit")
@needs(rights.CLAIMS)
def note_visit(claim_id: int) -> ResponseReturnValue:
    """Note a visit."""
    form, actor, now = VisitForm(), current_actor(), clock.now()
    return _decide(claim_id, "visit", form, lambda found: checking.visit(found, form.on.data or date.max, form.text.data or "",
        actor=actor, now=now),
        _("慰问记下了。"))


@desk.post("/claims/<int:claim_id>/close")
@needs(rights.CLAIMS)
def close_claim(claim_id: int) -> ResponseReturnValue:
    """Close a paid claim."""
    form, actor, now = DeskForm(), current_actor(), clock.now()
    return _decide(claim_id, "close", form, lambda found: checking.close(found, actor=actor, now=now), _("办结了。"))
