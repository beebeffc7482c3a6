"""Proofs in the desk: the list, one proof, revoking it."""

from __future__ import annotations

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.accounts.queries import names as account_names
from unionhall.base import clock
from unionhall.base.errors import Conflict, RuleBroken
from unionhall.base.web import go, never_cache
from unionhall.desk import scope
from unionhall.desk.lists import Pager, page_number
from unionhall.platform.access import can, current_actor, needs
from unionhall.proofs import kinds, paper, queries, services, shown
from unionhall.proofs.forms import RevokeForm
from unionhall.proofs.models import Proof

bp = Blueprint("proofs_desk", __name__, url_prefix="/proofs")


@bp.get("/")
@needs(kinds.READ)
def proofs() -> ResponseReturnValue:
    """List what was issued at or below the org that is worked in."""
    actor, number, words = current_actor(), page_number(), request.args.get("q", "")[:60].strip()
    rows, total = queries.page(actor, scope.current(actor), number, words=words)
    now = clock.now()
    never_cache()
    return render_template(
        "proofs/desk_list.html", rows=[(row, shown.state(row, now)) for row in rows], pager=Pager(number, total, queries.PAGE), words=words,
        total=total, word=shown.word, chips=shown.CHIPS,
    )  # fmt: skip


@bp.get("/<int:proof_id>/")
@needs(kinds.READ)
def proof(proof_id: int) -> ResponseReturnValue:
    """Show one proof as it was issued, and what became of it."""
    return _page(queries.get(proof_id, current_actor()), RevokeForm(formdata=None))


@bp.post("/<int:proof_id>/")
@needs(kinds.READ)
def revoke(proof_id: int) -> ResponseReturnValue:
    """Revoke it, with a reason; the right to it is that of its kind."""
    actor = current_actor()
    found, form = queries.get(proof_id, actor), RevokeForm()
    if form.accepted():
        try:
            services.revoke(found, form.reason.data or "", actor=actor, now=clock.now())
        except (RuleBroken, Conflict) as error:
            form.refuse(error)
        else:
            flash(_("已撤销。核验这个编号的人会看到原因。"), "ok")
            return go(url_for("proofs_desk.proof", proof_id=proof_id))
    return _page(found, form), 422


def _page(found: Proof, form: RevokeForm) -> str:
    kind, now = kinds.named(found.kind), clock.now()
    state = shown.state(found, now)
    may = found.live and can(current_actor(), kind.permission if kind else kinds.REVOKE, found.org)
    never_cache()
    return render_template(
        "proofs/desk_proof.html", proof=found, form=form, state=state, word=shown.word(state), chip=shown.CHIPS[state], may_revoke=may,
        check_url=paper.check_url(found), names=account_names({one for one in (found.issued_by, found.revoked_by) if one}),
    )  # fmt: skip
