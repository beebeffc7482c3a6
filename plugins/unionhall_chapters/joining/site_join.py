"""What one person does with a chapter: ask to join, take it back, leave, come back; or ask to be organised at all."""

from __future__ import annotations

from datetime import datetime

from flask import abort, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.plugin import (
    Conflict,
    UnionHallError,
    client_address,
    clock,
    current_actor,
    current_member,
    go,
    never_cache,
    roster_lines,
    session,
    throttle_source,
)
from unionhall_chapters import labels, queries
from unionhall_chapters.blueprints import site
from unionhall_chapters.joining import admitting, applying, invitations, unorganised
from unionhall_chapters.joining.applying import Asked
from unionhall_chapters.joining.forms import AskForm, OrganiseForm
from unionhall_chapters.models import Chapter


@site.route("/<slug>/join", methods=["GET", "POST"])
def join(slug: str) -> ResponseReturnValue:
    """Show how a person stands with a chapter, and take their application."""
    never_cache()
    found, member, form, now = queries.by_slug(slug), current_member(), AskForm(), clock.now()
    if member is None:
        return _page(found, form, now), 403 if request.method == "POST" else 200
    if form.accepted():
        who = Asked(member.id, member.account_id, form.words.data or "")
        invite = invitations.of_token(found, request.args.get("i", ""), now)
        try:
            waiting = applying.ask(found, who, invite=invite, actor=current_actor(), now=now)
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
            return _page(queries.by_slug(slug), form, now), error.status
        flash(_("申请已交给协会，答复会发到你的消息里。") if waiting else _("你已加入“%(name)s”。", name=found.name), "ok")
        return go(url_for("chapters.join", slug=slug))
    return _page(found, form, now), 422 if form.problems else 200


@site.post("/<slug>/join/<act>")
def step(slug: str, act: str) -> ResponseReturnValue:
    """Take back an application, leave, or undo that one left today."""
    never_cache()
    found, member, now = queries.by_slug(slug), current_member(), clock.now()
    if member is None:
        abort(403)
    actor = current_actor()
    if act == "withdraw":
        waiting = applying.open_of(found, member.id)
        if waiting is None:
            raise Conflict(_("这份申请已经办过了。请刷新后再看。"))
        applying.withdraw(waiting, actor=actor, now=now)
        flash(_("申请撤回了。"), "ok")
    elif act == "leave":
        admitting.leave(found, member.id, actor=actor, now=now)
        flash(_("你已退出“%(name)s”。一天之内可以撤销。", name=found.name), "ok")
    elif act == "back":
        admitting.come_back(found, member.id, actor=actor, now=now)
        flash(_("撤销了，你还是“%(name)s”的会员。", name=found.name), "ok")
    else:
        abort(404)
    return go(url_for("chapters.join", slug=slug))


@site.route("/<slug>/organise", methods=["GET", "POST"])
def organise(slug: str) -> ResponseReturnValue:
    """Put somebody who belongs to no union on the list of the union above."""
    never_cache()
    found, form, now, done = queries.by_slug(slug), OrganiseForm(), clock.now(), False
    if form.accepted():
        try:
            unorganised.put_down(
                found, name=form.name.data or "", mobile=form.mobile.data or "", employer=form.employer.data or "",
                source=throttle_source(client_address()), account_id=current_actor().account_id, now=now,
            )  # fmt: skip
        except UnionHallError as error:
            form.refuse(error)
            return render_template("chapters/organise.html", chapter=found, form=form, done=False), error.status
        done = True
    return render_template("chapters/organise.html", chapter=found, form=form, done=done), 422 if form.problems else 200


def _page(found: Chapter, form: AskForm, now: datetime) -> str:
    member, token = current_member(), request.args.get("i", "")
    here: dict[str, object] = {}
    if member is not None:
        mine, paused = admitting.of_member(found, member.id), applying.paused_until(found, member.id)
        here = {
            "line": next(iter(roster_lines(found.org_id, ids=[member.id])), None), "mine": mine,
            "waiting": applying.open_of(found, member.id), "left": admitting.just_left(found, member.id, now),
            "last": applying.latest_of(found, member.id), "paused": paused if paused and paused > now else None,
            "probation": mine.probation_until if mine and mine.probation_until and mine.probation_until >= clock.local_day(now) else None,
        }  # fmt: skip
    invite = invitations.of_token(found, token, now)
    return render_template(
        "chapters/join.html", chapter=found, member=member, form=form, invite=invite, token=token, stale=bool(token) and invite is None,
        rules=labels.RULES, actor_known=current_actor().known, **here,
    )  # fmt: skip
