"""The roster in the desk: the list, who is looked for, and a new person."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.base import clock, db
from unionhall.base.errors import RuleBroken, UnionHallError
from unionhall.base.web import go, never_cache
from unionhall.desk import scope
from unionhall.desk.lists import Pager, export_url, page_number
from unionhall.members import identity, roster, roster_queries, transfers
from unionhall.members.desk_blueprint import bp
from unionhall.members.rights import IMPORT, MANAGE, READ
from unionhall.members.roster_forms import MemberForm
from unionhall.members.roster_labels import STATUSES
from unionhall.members.roster_queries import TABS, Wanted
from unionhall.orgs import queries as orgs
from unionhall.orgs.models import Org
from unionhall.platform.access import can, current_actor, needs


@bp.get("/")
@needs(READ)
def members() -> ResponseReturnValue:
    """List the members of the org that is worked in and those below it."""
    return _list("", page_number())


@bp.post("/")
@needs(READ)
def find() -> ResponseReturnValue:
    """Look for somebody by name or full number; what was typed comes in the body and stands in no address or log."""
    search = request.form.get("q", "").strip()[:60]
    if not search:
        return go(url_for("members_desk.members", **dict[str, Any](_filters())))
    db.session().rollback()  # this only reads
    page = request.form.get("page", "1")
    return _list(search, int(page) if page.isdecimal() and 0 < len(page) < 6 else 1)


@bp.route("/new", methods=["GET", "POST"])
@needs(MANAGE)
def new() -> ResponseReturnValue:
    """Enrol one person; who is on the roster elsewhere can be asked for, or taken in as a second union."""
    form, elsewhere = MemberForm(), False
    actor, now = current_actor(), clock.now()
    never_cache()
    if form.accepted():
        try:
            return go(_enrol(form))
        except roster.OnRosterElsewhere as found:
            elsewhere = True
            if not request.form.get("then"):
                form.refuse(found)
            else:
                try:
                    return go(_ask_elsewhere(form, found.member_id))
                except UnionHallError as error:
                    form.refuse(error)
        except UnionHallError as error:
            form.refuse(error)
    if not form.is_submitted():
        here = orgs.by_path(scope.current(actor))
        form.org_id.data = here.id if here else 0
    offered = orgs.manageable(actor, MANAGE)
    page = render_template("members/desk_new.html", form=form, orgs=offered, elsewhere=elsewhere, today=clock.local_day(now))
    return page, 422 if form.problems else 200


def _enrol(form: MemberForm) -> str:
    org, pending = chosen_org(form.org_id.data), bool(form.pending.data)
    member = roster.add(org, form.fields(), pending=pending, actor=current_actor(), now=clock.now())
    flash(_("“%(name)s”已入会。", name=member.name), "ok")
    return url_for("members_desk.member", member_id=member.id)


def _ask_elsewhere(form: MemberForm, member_id: int) -> str:
    """Ask for a transfer of somebody whose union is not told, or take them in as a second union; returns where that shows."""
    org, reason, who = chosen_org(form.org_id.data), form.reason.data or "", dict[str, Any](actor=current_actor(), now=clock.now())
    roster.check_name(member_id, form.name.data or "")
    if request.form.get("then") == "second":
        roster.join_second(member_id, org, reason=reason, **who)
        flash(_("已加入“%(org)s”，作为第二工会。", org=org.name), "ok")
        return url_for("members_desk.member", member_id=member_id)
    asked = transfers.ask_to_receive(member_id, org, form.handover(), reason=reason, **who)
    flash(_("已申请转接，等对方工会答复。"), "ok")
    return url_for("members_desk.transfer", handover_id=asked.id)


def chosen_org(org_id: int | None) -> Org:
    """Return an org whose members the actor manages. Raises RuleBroken."""
    org = db.session().get(Org, org_id or 0)
    if org is None or not can(current_actor(), MANAGE, org):
        raise RuleBroken(_("请从列表里选一个组织。"), field="org_id")
    return org


def _filters() -> dict[str, str]:
    """Return what the list is narrowed to by its address; nothing in it names a person."""
    allowed: dict[str, Any] = {"tab": TABS, "activated": ("yes", "no"), "kind": ("primary", "secondary"), "sort": roster_queries.SORTS}
    return {name: request.args[name] for name, values in allowed.items() if request.args.get(name) in values}


def _list(search: str, page: int) -> ResponseReturnValue:
    actor, filters = current_actor(), _filters()
    wanted = Wanted(scope.current(actor), search=search, **filters)
    people, total = roster_queries.listed(wanted, actor, page)
    shared = roster_queries.sharing_mobile(people)
    never_cache()
    return render_template(
        "members/desk_list.html", people=people, places=roster_queries.places_of(people, wanted, actor), wanted=wanted, statuses=STATUSES,
        counts=roster_queries.counts(wanted, actor), pager=Pager(page, total, roster_queries.PAGE), here_org=orgs.by_path(wanted.below),
        masked_id=identity.masked_id, masked_mobile=identity.masked_mobile, shared=shared, may_manage=can(actor, MANAGE),
        may_import=can(actor, IMPORT), filters=filters, export=export_url("members.roster", filters), tabs=_tabs(),
    )  # fmt: skip


def _tabs() -> dict[str, str]:
    by_status = {str(status.value): str(label) for status, (label, _colour) in STATUSES.items() if status.value in TABS}
    return {"current": _("在册"), **by_status, "over": _("转出和退会")}
