"""The desk's redemptions: a list with figures, and the patterns that wait for a look."""

from __future__ import annotations

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.plugin import (
    Conflict,
    Pager,
    account_names,
    can,
    clock,
    current_actor,
    desk_scope,
    export_url,
    go,
    member_names,
    needs,
    never_cache,
    page_number,
)
from unionhall_rewards import rights
from unionhall_rewards.blueprints import desk
from unionhall_rewards.redeeming import flags, labels, listing, looking, queries
from unionhall_rewards.redeeming.forms import LookedForm
from unionhall_rewards.redeeming.listing import Filter
from unionhall_rewards.redeeming.models import Redemption
from unionhall_stations.api import clerks_by_ids, station_names, store_choices, stores_by_ids, tills_locked


@desk.get("/redemptions/")
@needs(rights.READ)
def redemptions() -> ResponseReturnValue:
    """List redemptions from funds in the scope."""
    never_cache()
    actor, chosen, page = current_actor(), Filter.of(request.args), page_number()
    below = desk_scope(actor)
    rows, total = listing.listed(actor, below, chosen, page=page)
    live, fen, back = listing.sums(actor, below, chosen)
    stores = store_choices(actor)
    locked = tills_locked([store.id for store in stores], clock.now())
    _flags, waiting = listing.flags(actor, below)
    return render_template(
        "rewards/redeeming/desk_list.html", rows=rows, total=total, pager=Pager(page, total, queries.SIZE), filter=chosen, live=live,
        fen=fen, back=back, reversals=listing.reversals(row.id for row in rows), stores=stores, locked=locked, waiting=waiting,
        locked_at=station_names(till.station_id for till in locked),
        kinds=listing.kind_choices(actor, below), clerks=clerks_by_ids(row.clerk_id for row in rows), holders=_holders(rows),
        stations=station_names([*(row.station_id for row in rows), chosen.station]), places=stores_by_ids(row.store_id for row in rows),
        export=export_url("rewards.redemptions", chosen.values()),
    )  # fmt: skip


@desk.get("/redemptions/flags/")
@needs(rights.READ)
def redemption_flags() -> ResponseReturnValue:
    """List the patterns that wait for a look, or had one."""
    return _flags_page(None, LookedForm(formdata=None))


@desk.post("/redemptions/flags/<int:flag_id>")
@needs(rights.SETTLE)
def look_at_flag(flag_id: int) -> ResponseReturnValue:
    """Keep what somebody found."""
    actor, form = current_actor(), LookedForm()
    found = listing.flag(flag_id, actor)
    if not form.accepted():
        return _flags_page(flag_id, form), 422
    try:
        flags.looked(found, form.note.data or "", actor=actor, now=clock.now())
    except Conflict:
        flash(_("别人刚刚核实过这一条，你写的没有存。"), "warn")
    else:
        flash(_("记下了。"), "ok")
    return go(url_for("rewards_desk.redemption_flags"))


def _flags_page(asked: int | None, form: LookedForm) -> str:
    never_cache()
    actor, page, done = current_actor(), page_number(), request.args.get("tab") == "done"
    rows, total = listing.flags(actor, desk_scope(actor), done=done, page=page)
    made = [row.redemption for row in rows]
    return render_template(
        "rewards/redeeming/desk_flags.html", rows=rows, total=total, pager=Pager(page, total, queries.SIZE), done=done, form=form,
        asked=asked, patterns=labels.PATTERNS, may_look=can(actor, rights.SETTLE), clerks=clerks_by_ids(row.clerk_id for row in made),
        stations=station_names(row.station_id for row in made), holders=_holders(made),
        names=account_names({row.looked_by for row in rows if row.looked_by}),
    )  # fmt: skip


def _holders(rows: list[Redemption]) -> dict[int, str]:
    """Return {redemption id: the member's masked name}."""
    ids = {row.id: row.coupon.member_id for row in rows}
    names = member_names(number for number in ids.values() if number)
    return {number: looking.masked(names.get(member or 0)) for number, member in ids.items()}
