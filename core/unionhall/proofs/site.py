"""Checking a number, for everybody; the owner's own proofs with their print page and PDF."""

from __future__ import annotations

from flask import Blueprint, Response, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from unionhall.base import clock
from unionhall.base.errors import NotFound
from unionhall.base.web import client_address, go, never_cache, no_index
from unionhall.members.queries import current_member
from unionhall.proofs import numbers, paper, queries, shown
from unionhall.proofs.models import Proof

bp = Blueprint("proofs", __name__)


@bp.get("/verify/")
def verify() -> ResponseReturnValue:
    """Ask for a number, and lead to its page; a text that cannot be one is answered as one that nobody has."""
    never_cache()
    typed = request.args.get("number", "")[:60].strip()
    if not typed:
        return no_index(Response(render_template("proofs/verify.html", found=None, typed="", message="")))
    if number := numbers.read(typed):
        return go(url_for("proofs.check", number=number))
    return _answered(typed)


@bp.get("/verify/<number>/")
def check(number: str) -> ResponseReturnValue:
    """Show every printed field as it was issued, and what became of the document."""
    never_cache()
    return _answered(number)


def _answered(typed: str) -> Response:
    try:
        found, message, status = shown.look_up(typed, client_address(), clock.now()), "", 200
    except NotFound as error:
        found, message, status = None, str(error), 404
    page = render_template(
        "proofs/verify.html", found=found, typed=typed[:60], message=message, word=shown.word, now=clock.now()
    )  # fmt: skip
    return no_index(Response(page, status=status))


@bp.get("/my/proofs/")
def mine() -> ResponseReturnValue:
    """List one's own proofs."""
    never_cache()
    member, now = current_member(), clock.now()
    if member is None:
        abort(401)
    rows = [(row, shown.state(row, now)) for row in queries.of_member(member.id)]
    return render_template("proofs/mine.html", rows=rows, word=shown.word, chips=shown.CHIPS)


def _own(proof_id: int) -> Proof:
    never_cache()
    member = current_member()
    if member is None:
        abort(401)
    return queries.mine(proof_id, member.id)


@bp.get("/my/proofs/<int:proof_id>/")
def proof(proof_id: int) -> ResponseReturnValue:
    """Show a proof as it is printed."""
    found, now = _own(proof_id), clock.now()
    state = shown.state(found, now)
    return render_template(
        "proofs/proof.html", proof=found, state=state, word=shown.word(state), chip=shown.CHIPS[state], pdf=paper.can_make(),
        check_url=paper.check_url(found),
    )  # fmt: skip


@bp.get("/my/proofs/<int:proof_id>/code.svg")
def code(proof_id: int) -> ResponseReturnValue:
    """Return the QR code that leads to the check page."""
    return Response(paper.qr(_own(proof_id)), mimetype="image/svg+xml")


@bp.get("/my/proofs/<int:proof_id>/proof.pdf")
def pdf(proof_id: int) -> ResponseReturnValue:
    """Return the proof as PDF. Not found where this server makes none."""
    found = _own(proof_id)
    if not paper.can_make():
        raise NotFound()
    headers = {"Content-Disposition": f'attachment; filename="{found.number}.pdf"', "Cache-Control": "no-store"}
    return Response(paper.pdf(found, clock.now()), mimetype="application/pdf", headers=headers)
