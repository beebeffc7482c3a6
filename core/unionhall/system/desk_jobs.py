"""The desk's page of jobs and of what could not be delivered; it shows, and sets things going in the worker."""

from __future__ import annotations

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from unionhall.base import clock
from unionhall.base.errors import NotFound
from unionhall.base.web import go
from unionhall.platform import outbox_care, runs
from unionhall.platform.access import SITE, can, current_actor, needs, require
from unionhall.system import job_lines, services
from unionhall.system.desk import PLUGINS, bp
from unionhall.system.labels import topic_words

SHOWN, DELIVERED, RUNS = 20, 8, 30


@bp.get("/jobs/")
@needs(PLUGINS)
def job_list() -> ResponseReturnValue:
    """Show whether the worker lives, how each job stands, what waits and what could not be delivered."""
    actor, now = current_actor(), clock.now()
    require(actor, PLUGINS, SITE)
    lines = job_lines.lines(now)
    return render_template(
        "system/jobs.html", lines=lines, health=job_lines.health(now), standing=outbox_care.standing(), now=now,
        parked=outbox_care.parked(SHOWN), failing=outbox_care.failing(SHOWN), delivered=outbox_care.delivered(DELIVERED),
        runs=runs.latest(RUNS), labels={line.job.name: line.job.label for line in lines}, topic_words=topic_words,
        every=job_lines.every, took=job_lines.took, lasted=job_lines.lasted, may_run=can(actor, services.JOBS, SITE),
    )  # fmt: skip


@bp.post("/jobs/run")
@needs(services.JOBS)
def run_job() -> ResponseReturnValue:
    """Make one job due; the worker runs it, not this process."""
    job = next((job for job in job_lines.all_jobs() if job.name == request.form.get("name")), None)
    if job is None:
        require(current_actor(), services.JOBS, SITE)
        raise NotFound()
    services.run_soon(job, actor=current_actor(), now=clock.now())
    flash(_("“%(name)s”已排上，后台进程马上运行它。刷新这一页看结果。", name=job.label), "ok")
    return go(url_for("system_desk.job_list"))


@bp.post("/outbox/retry")
@needs(services.JOBS)
def retry() -> ResponseReturnValue:
    """Give one parked message, or all, new tries."""
    asked = request.form.get("id", "")
    ids = None if asked == "all" else [int(asked)] if asked.isdecimal() and len(asked) < 10 else []
    counted = services.retry(ids, actor=current_actor(), now=clock.now())
    if counted:
        flash(ngettext("%(num)d 条消息会马上再投递。", "%(num)d 条消息会马上再投递。", counted), "ok")
    else:
        flash(_("没有可以重试的消息，可能别人刚处理过。"), "warn")
    return go(url_for("system_desk.job_list", _anchor="h-parked"))


@bp.get("/outbox/<int:message_id>/discard")
@needs(services.JOBS)
def discard_page(message_id: int) -> ResponseReturnValue:
    """Ask whether a message is really to be given up, and say what that means."""
    require(current_actor(), services.JOBS, SITE)
    return render_template("system/discard.html", line=outbox_care.parked_one(message_id), topic_words=topic_words)


@bp.post("/outbox/<int:message_id>/discard")
@needs(services.JOBS)
def discard(message_id: int) -> ResponseReturnValue:
    """Give a parked message up."""
    services.give_up(message_id, actor=current_actor(), now=clock.now())
    flash(_("第 %(n)s 号消息已丢弃，不会再投递。", n=message_id), "ok")
    return go(url_for("system_desk.job_list", _anchor="h-parked"))
