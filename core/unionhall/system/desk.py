"""The desk's audit trail; plugins are in `desk_plugins`, jobs in `desk_jobs`."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from unionhall.accounts.queries import names
from unionhall.desk.lists import Pager, page_number
from unionhall.platform import audit
from unionhall.platform.access import SITE, can, current_actor, needs, require
from unionhall.system import queries
from unionhall.system.labels import act_words, extra_words, obj_words

PLUGINS, AUDIT = "system.plugins", queries.AUDIT
bp = Blueprint("system_desk", __name__, url_prefix="/system")


@bp.get("/audit/")
@needs(AUDIT)
def trail() -> ResponseReturnValue:
    """Show the audit trail, newest first, narrowed by what the query string says."""
    return _trail(None)


@bp.post("/audit/")
@needs(AUDIT)
def verify() -> ResponseReturnValue:
    """Recompute the whole chain and say what was found; it is the whole site's, and takes a while."""
    require(current_actor(), AUDIT, SITE)
    return _trail(audit.verify())


def _trail(verdict: audit.Verdict | None) -> str:
    wanted, actor = queries.Wanted.from_query(request.args), current_actor()
    found, total = queries.entries(wanted, actor=actor, page=page_number())
    people = names({entry.actor_id for entry in found if entry.actor_id})
    return render_template(
        "system/audit.html", entries=found, pager=Pager(page_number(), total, queries.PAGE), wanted=wanted, people=people,
        orgs=queries.org_names({entry.org_id for entry in found if entry.org_id}), words=act_words, objects=obj_words,
        extras=extra_words, acts=queries.acts(actor), verdict=verdict, whole=can(actor, AUDIT, SITE),
    )
