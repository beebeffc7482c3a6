"""Signs and cards in the desk: choose stations, say what to print, get a PDF."""

from __future__ import annotations

import io

from flask import render_template, request, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.plugin import (
    RuleBroken,
    can_make_pdf,
    clock,
    current_actor,
    desk_scope,
    needs,
    never_cache,
    record_audit,
    tidy,
)
from unionhall_stations import rights
from unionhall_stations.blueprints import desk
from unionhall_stations.tills import posters, queries
from unionhall_stations.tills.forms import PosterForm


@desk.route("/posters/", methods=["GET", "POST"])
@needs(rights.READ)
def posters_page() -> ResponseReturnValue:
    """Show the stations to choose from; return the PDF of those that were ticked."""
    never_cache()
    actor, now, form, status = current_actor(), clock.now(), PosterForm(), 422
    ticked = {int(text) for text in request.values.getlist("ids") if text.isascii() and text.isdecimal() and len(text) < 10}
    ready = can_make_pdf()
    if form.accepted() and ready:
        every = "all" in request.form
        chosen = queries.readable_stations(actor, desk_scope(actor), None if every else ticked) if ticked or every else []
        if 0 < len(chosen) <= posters.MOST:
            rules = [tidy(line) for line in (form.rules.data or "").splitlines() if tidy(line)][:8]
            made = posters.pdf(chosen, form.kind.data, rules or posters.usual_rules(), now)
            record_audit("stations.posters_made", "stations", actor=actor, now=now, count=len(chosen), kind=form.kind.data)
            name = _("驿站牌.pdf") if form.kind.data == "sign" else _("驿站二维码小卡.pdf")
            answer = send_file(io.BytesIO(made), mimetype="application/pdf", as_attachment=True, download_name=name)
            answer.headers["Cache-Control"] = "no-store"
            return answer
        form.refuse(RuleBroken(
            _("一次最多做 %(n)s 个驿站的，现在选了 %(m)s 个。分几次做。", n=posters.MOST, m=len(chosen)) if chosen else _("还没有选驿站。")
        ))  # fmt: skip
    if not form.is_submitted():
        form.rules.data = "\n".join(posters.usual_rules())
    page = render_template(
        "stations/tills/desk_posters.html", form=form, stations=queries.readable_stations(actor, desk_scope(actor)), ticked=ticked,
        ready=ready,
    )  # fmt: skip
    return page, status if form.problems else 200

