"""The desk's draws: the list, drafts, publishing, who won."""

from __future__ import annotations

from collections.abc import Sequence

from flask import abort, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.plugin import (
    Org,
    Pager,
    UnionHallError,
    can,
    clock,
    current_actor,
    desk_scope,
    export_url,
    fail,
    go,
    member_names,
    needs,
    never_cache,
    org_by_path,
    page_number,
    session,
)
from unionhall_rewards import rights
from unionhall_rewards.blueprints import desk
from unionhall_rewards.draws import audience, drafting, labels, publishing, queries
from unionhall_rewards.draws.forms import DrawForm
from unionhall_rewards.draws.models import Algorithm, Draw, DrawState
from unionhall_rewards.fund.labels import yuan

desk.add_app_template_global(yuan, "rewards_draw_yuan")
desk.add_app_template_global(labels.chance, "rewards_draw_chance")
desk.add_app_template_global(labels.minute, "rewards_draw_minute")


def words(draw: Draw) -> tuple[str, str]:
    """Return a draw's state now in words, and its colour."""
    now = clock.now()
    return labels.state_words(draw, now), labels.tone(draw, now)


desk.add_app_template_global(words, "rewards_draw_state")


@desk.get("/draws/")
@needs(rights.READ)
def draws() -> ResponseReturnValue:
    """List the draws in the scope."""
    never_cache()
    actor, page, chosen = current_actor(), page_number(), queries.Filter.of(request.args)
    rows, total = queries.draws(actor, desk_scope(actor), chosen, page=page)
    return render_template(
        "rewards/draws/desk_list.html", rows=rows, total=total, pager=Pager(page, total, queries.SIZE), filter=chosen,
        states=labels.STATES, ways=labels.WAYS, may_set=can(actor, rights.DRAWS),
        export=export_url("rewards.draws", chosen.values()),
    )  # fmt: skip


@desk.route("/draws/new", methods=["GET", "POST"])
@needs(rights.DRAWS)
def new_draw() -> ResponseReturnValue:
    """Write a new draft for the org that one works in."""
    never_cache()
    actor, form = current_actor(), DrawForm()
    org = org_by_path(desk_scope(actor))
    if org is None or not can(actor, rights.DRAWS, org):
        abort(404)
    _offer(form, org)
    if not form.is_submitted():
        form.organiser.data, form.contact.data = org.name, f"{org.name} {org.phone}".strip()
    if form.accepted():
        try:
            made = drafting.create(org, form.terms(), actor=actor, now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
        else:
            flash(_("草稿存好了。核对以后请另一位经办人公布。"), "ok")
            return go(url_for("rewards_desk.draw", draw_id=made.id))
    return _editor(form, None, org)


def _offer(form: DrawForm, org: Org, kept: Sequence[int] = ()) -> None:
    form.spare()
    funds = drafting.fund_choices(current_actor())
    form.offer_orgs(audience.choices(org, current_actor(), kept))
    form.offer(funds, drafting.kind_choices([fund.id for fund in funds]))


def _editor(form: DrawForm, draw: Draw | None, org: Org | None) -> ResponseReturnValue:
    org_name = draw.org.name if draw else org.name if org else ""
    page = render_template("rewards/draws/desk_edit.html", form=form, draw=draw, org_name=org_name)
    return page, 422 if form.problems else 200


@desk.route("/draws/<int:draw_id>/edit", methods=["GET", "POST"])
@needs(rights.DRAWS)
def edit_draw(draw_id: int) -> ResponseReturnValue:
    """Change a draft; who saves second is told."""
    never_cache()
    actor, form = current_actor(), DrawForm()
    found = queries.managed(draw_id, actor, rights.DRAWS)
    if found.state != DrawState.DRAFT:
        flash(_("已经公布的抽奖不能再改。"), "warn")
        return go(url_for("rewards_desk.draw", draw_id=draw_id))
    if not form.is_submitted():
        form.fill(found)
    _offer(form, found.org, found.audience)
    if form.accepted():
        try:
            drafting.save(found, form.terms(), version=form.version.data or 0, actor=actor, now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
            found = queries.managed(draw_id, actor, rights.DRAWS)
        else:
            flash(_("存好了。"), "ok")
            return go(url_for("rewards_desk.draw", draw_id=draw_id))
    return _editor(form, found, None)


@desk.post("/draws/<int:draw_id>/discard")
@needs(rights.DRAWS)
def discard_draw(draw_id: int) -> ResponseReturnValue:
    """Delete a draft."""
    actor = current_actor()
    found = queries.managed(draw_id, actor, rights.DRAWS)
    try:
        drafting.discard(found, actor=actor, now=clock.now())
    except UnionHallError as error:
        fail()
        session().rollback()
        flash(str(error), "bad")
        return go(url_for("rewards_desk.draw", draw_id=draw_id))
    flash(_("草稿删掉了。"), "ok")
    return go(url_for("rewards_desk.draws"))


@desk.route("/draws/<int:draw_id>/publish", methods=["GET", "POST"])
@needs(rights.DRAWS)
def publish_draw(draw_id: int) -> ResponseReturnValue:
    """Show what will be frozen; publish, and show the three sealed shares this once."""
    never_cache()
    actor, now, problem, status = current_actor(), clock.now(), "", 200
    found = queries.managed(draw_id, actor, rights.DRAWS)
    if request.method == "POST":
        try:
            made = publishing.publish(draw_id, actor=actor, now=now)
        except UnionHallError as error:
            fail()
            session().rollback()
            problem, status = str(error), error.status
            found = queries.managed(draw_id, actor, rights.DRAWS)
        else:
            return render_template("rewards/draws/desk_shares.html", draw=found, shares=made)
    elif found.state != DrawState.DRAFT:
        return go(url_for("rewards_desk.draw", draw_id=draw_id))
    page = render_template(
        "rewards/draws/desk_publish.html", draw=found, problem=problem, lacks=drafting.lacks(found, now), warnings=drafting.warnings(found),
        cost=drafting.cost(found), ways=labels.WAYS, own=actor.account_id is not None and actor.account_id == found.created_by,
        reveal_by=labels.reveal_by(found), instant=found.algo == Algorithm.INSTANT, who=audience.words(found),
    )  # fmt: skip
    return page, status


@desk.get("/draws/<int:draw_id>/winners")
@needs(rights.READ)
def draw_winners(draw_id: int) -> ResponseReturnValue:
    """List who won, with names: prizes are handed out by it."""
    return winners_page(draw_id)


def winners_page(draw_id: int, form: object = None) -> str:
    """Return the page of who won; `form` is one that was refused."""
    never_cache()
    actor, page, sought = current_actor(), page_number(), request.args.get("q", "").strip()[:40]
    found = queries.managed(draw_id, actor, rights.READ)
    rows, total = queries.winners(found, page=page, words=sought)
    moved = queries.forfeits(found.id)
    return render_template(
        "rewards/draws/desk_winners.html", draw=found, rows=rows, total=total, pager=Pager(page, total, queries.SIZE), q=sought, form=form,
        names=member_names(row.entry.member_id for row in rows if row.entry.member_id), forfeits=moved,
        may_forfeit=can(actor, rights.DRAWS, found.org) and found.algo == Algorithm.BATCH and found.state == DrawState.DONE,
        export=export_url("rewards.winners", {"draw": str(found.id)}),
    )  # fmt: skip
