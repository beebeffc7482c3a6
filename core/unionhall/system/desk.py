"""The desk's system screens: plugins, the audit trail, jobs."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from unionhall.accounts.queries import names
from unionhall.base import clock
from unionhall.desk.lists import Pager, page_number
from unionhall.host import migrations
from unionhall.host.registry import host
from unionhall.platform import audit, jobs
from unionhall.platform.access import needs
from unionhall.system import queries
from unionhall.system.labels import act_words

bp = Blueprint("system_desk", __name__, url_prefix="/system")


@bp.get("/plugins/")
@needs("system.plugins")
def plugins() -> ResponseReturnValue:
    """Show every installed plugin and its state; switching is done on the server for now."""
    waiting = {item.owner for item in migrations.status() if not item.up_to_date}
    return render_template("system/plugins.html", statuses=host().statuses(), waiting=waiting)


@bp.get("/jobs/")
@needs("system.plugins")
def job_list() -> ResponseReturnValue:
    """Show every job: how often, when last, how it ended."""
    found = [(job, jobs.last_run(job.name)) for _found, job in host().gather("unionhall_jobs")]
    return render_template("system/jobs.html", jobs=found)


@bp.get("/audit/")
@needs("system.audit")
def trail() -> ResponseReturnValue:
    """Show the audit trail, newest first, narrowed by what the query string says."""
    return _trail(None)


@bp.post("/audit/")
@needs("system.audit")
def verify() -> ResponseReturnValue:
    """Recompute the whole chain and say what was found."""
    return _trail(audit.verify())


def _trail(verdict: audit.Verdict | None) -> str:
    wanted = queries.Wanted.from_query(request.args)
    found, total = queries.entries(wanted, page=page_number())
    people = names({entry.actor_id for entry in found if entry.actor_id})
    return render_template(
        "system/audit.html", entries=found, pager=Pager(page_number(), total, queries.PAGE), wanted=wanted, people=people,
        orgs=queries.org_names({entry.org_id for entry in found if entry.org_id}), words=act_words, acts=queries.acts(),
        verdict=verdict, now=clock.now(),
    )
