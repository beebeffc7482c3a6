"""Routes of notices for readers: the list, a notice, an objection to it."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.accounts import throttle
from unionhall.base import clock
from unionhall.base.errors import UnionHallError
from unionhall.base.web import go, never_cache
from unionhall.hooks.types import PageView
from unionhall.platform.access import current_actor
from unionhall.platform.pagecache import shared, tag, until
from unionhall.publicity import labels, queries, services
from unionhall.publicity.forms import ObjectionForm
from unionhall.publicity.kinds import kinds
from unionhall.publicity.models import PublicNotice, State
from unionhall.site.paging import page_number

bp = Blueprint("publicity", __name__, url_prefix="/publicity")
PER_SOURCE = throttle.Limit(20, timedelta(hours=1))


@bp.get("/")
@shared("page")
def notices() -> ResponseReturnValue:
    """List what is on public view, and what was lately."""
    tag(services.LIST)
    page = page_number()
    rows, total = queries.public(page)
    pages = {"number": page, "pages": max(1, -(-total // queries.SIZE))}
    return render_template("publicity/list.html", rows=rows, page=pages, words=labels.SHORT, tones=labels.TONES, kinds=kinds())


@bp.get("/<int:notice_id>/")
@shared()
def notice(notice_id: int) -> ResponseReturnValue:
    """Show a notice: whom it is about, until when, how to object, what came of objections."""
    tag(services.tag(notice_id))
    found = queries.notice(notice_id)
    if found.open:
        until(clock.first_moment(found.until_on + timedelta(days=1)))
    kind = kinds().get(found.kind)
    return render_template(
        "publicity/notice.html", notice=found, kind=kind, words=labels.STATES, tones=labels.TONES, outcomes=labels.OUTCOMES,
        outcome_tones=labels.OUTCOME_TONES, in_time=_in_time(found), second=queries.second(found.id),
        page_view=PageView("publicity.notice", found.id, found.org_id),
    )  # fmt: skip


def _in_time(found: PublicNotice) -> bool:
    return found.state == State.OPEN and clock.local_day(clock.now()) <= found.until_on


@bp.route("/<int:notice_id>/object", methods=["GET", "POST"])
def objection(notice_id: int) -> ResponseReturnValue:
    """Take an objection, from somebody logged in or with a name and a phone number."""
    never_cache()
    found, form, actor, now = queries.notice(notice_id), ObjectionForm(), current_actor(), clock.now()
    form.set_key()
    if actor.known and not form.is_submitted():
        form.name.data = actor.name
    if form.accepted():
        try:
            throttle.spend("publicity", throttle.source(request.remote_addr or ""), PER_SOURCE, now=now)
            said = services.Said(form.name.data or "", form.contact.data or "", form.text.data or "", form.key.data or "")
            services.object_to(found.id, said, actor=actor, now=now)
        except UnionHallError as error:
            form.refuse(error)
        else:
            flash(_("异议收到了，工会会核查。答复之前公示不会结束，结果写在公示页上。"), "ok")
            return go(found.url)
    status = 422 if form.problems else 200
    return render_template("publicity/object.html", notice=found, form=form, in_time=_in_time(found)), status
