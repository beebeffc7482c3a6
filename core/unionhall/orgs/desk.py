"""The desk's org screens: the tree, create, change, move, merge, close."""

from __future__ import annotations

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.base import clock
from unionhall.base.errors import Conflict, UnionHallError
from unionhall.base.web import go
from unionhall.desk import scope
from unionhall.desk.forms import DeskForm
from unionhall.orgs import queries, services
from unionhall.orgs.forms import OrgForm, TargetForm
from unionhall.orgs.labels import CHANGES, KINDS, STATUSES
from unionhall.orgs.models import Org
from unionhall.platform.access import can, current_actor, needs

READ, MANAGE = "orgs.read", services.MANAGE
bp = Blueprint("orgs_desk", __name__, url_prefix="/orgs")


@bp.get("/")
@needs(READ)
def orgs() -> ResponseReturnValue:
    """Show the tree, or what matches a search."""
    search, closed = request.args.get("q", "").strip(), request.args.get("closed") == "1"
    found = queries.manageable(current_actor(), READ, search=search, closed=closed)
    below = scope.current(current_actor())
    found = [org for org in found if org.path.startswith(below)]
    return render_template(
        "orgs/desk_list.html", nodes=queries.tree(found), total=len(found), search=search, closed=closed, kinds=KINDS,
        statuses=STATUSES, may_create=can(current_actor(), MANAGE),
    )


@bp.get("/<int:org_id>")
@needs(READ)
def org(org_id: int) -> ResponseReturnValue:
    """Show an org, what lies above and below it, and its history."""
    found = queries.get(org_id, actor=current_actor(), permission=READ)
    return render_template(
        "orgs/desk_org.html", org=found, above=queries.ancestors(found), children=queries.children(found),
        history=queries.history(found), kinds=KINDS, statuses=STATUSES, changes=CHANGES,
        manages=can(current_actor(), MANAGE, found), decides=_decides(found),
    )


@bp.route("/<int:org_id>/new", methods=["GET", "POST"])
@needs(MANAGE)
def new(org_id: int) -> ResponseReturnValue:
    """Found an org below this one."""
    parent, form = _managed(org_id), OrgForm()
    if form.accepted():
        try:
            made = services.create_org(parent, form.fields(), actor=current_actor(), now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
        else:
            flash(_("“%(name)s”建好了。", name=made.name), "ok")
            return go(url_for("orgs_desk.org", org_id=made.id))
    return render_template("orgs/desk_edit.html", form=form, parent=parent, org=None, theirs=None), _status(form)


@bp.route("/<int:org_id>/edit", methods=["GET", "POST"])
@needs(MANAGE)
def edit(org_id: int) -> ResponseReturnValue:
    """Change what is said of an org; who saves second sees both and loses nothing."""
    found = _managed(org_id)
    form, theirs, status = OrgForm(obj=found), None, 200
    if request.method == "GET":
        form.version.data = str(found.version)
    elif form.accepted():
        try:
            seen = int(form.version.data or 0) if str(form.version.data).isdigit() else 0
            services.rename_org(found, form.fields(), version=seen, actor=current_actor(), now=clock.now())
        except Conflict as error:
            form.refuse(error)
            theirs, status = found, 409
            form.version.raw_data, form.version.data = None, str(found.version)
        except UnionHallError as error:
            form.refuse(error)
        else:
            flash(_("资料已保存。"), "ok")
            return go(url_for("orgs_desk.org", org_id=org_id))
    page = render_template("orgs/desk_edit.html", form=form, parent=found.parent, org=found, theirs=theirs)
    return page, status if status == 409 else _status(form)


@bp.route("/<int:org_id>/move", methods=["GET", "POST"])
@needs(MANAGE)
def move(org_id: int) -> ResponseReturnValue:
    """Hang an org under another, with all below it."""
    return _to_another(org_id, "move")


@bp.route("/<int:org_id>/merge", methods=["GET", "POST"])
@needs(MANAGE)
def merge(org_id: int) -> ResponseReturnValue:
    """Merge an org into another."""
    return _to_another(org_id, "merge")


@bp.route("/<int:org_id>/close", methods=["GET", "POST"])
@needs(MANAGE)
def close(org_id: int) -> ResponseReturnValue:
    """Ask, then close an org."""
    found, form = _managed(org_id), DeskForm()
    if form.accepted():
        try:
            services.close_org(found, actor=current_actor(), now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
        else:
            flash(_("“%(name)s”已关闭。", name=found.name), "ok")
            return go(url_for("orgs_desk.org", org_id=org_id))
    return render_template("orgs/desk_close.html", org=found, form=form), _status(form)


@bp.post("/<int:org_id>/reopen")
@needs(MANAGE)
def reopen(org_id: int) -> ResponseReturnValue:
    """Put a closed org to work again."""
    found = _managed(org_id)
    services.reopen_org(found, actor=current_actor(), now=clock.now())
    flash(_("“%(name)s”已恢复。", name=found.name), "ok")
    return go(url_for("orgs_desk.org", org_id=org_id))


def _to_another(org_id: int, act: str) -> ResponseReturnValue:
    """Choose another org, see what goes along, then move or merge."""
    found, form, actor = _managed(org_id), TargetForm(), current_actor()
    form.target.choices = [
        (item.id, "　" * item.depth + item.name)
        for item in queries.manageable(actor, MANAGE)
        if not item.path.startswith(found.path)
    ]
    if form.accepted():
        try:
            target = queries.get(form.target.data, actor=actor, permission=MANAGE)
            done = services.move_org if act == "move" else services.merge_org
            done(found, target, actor=actor, now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
        else:
            flash(_("“%(name)s”移好了。", name=found.name) if act == "move" else _("已并入“%(name)s”。", name=target.name), "ok")
            return go(url_for("orgs_desk.org", org_id=found.id if act == "move" else target.id))
    goes_along = len(queries.within([found.path], closed=True)) - 1
    page = render_template("orgs/desk_target.html", org=found, form=form, act=act, goes_along=goes_along)
    return page, _status(form)


def _managed(org_id: int) -> Org:
    return queries.get(org_id, actor=current_actor(), permission=MANAGE)


def _decides(found: Org) -> bool:
    """Moving, merging and closing are decided one level up."""
    return not found.is_root and found.parent is not None and can(current_actor(), MANAGE, found.parent)


def _status(form: DeskForm) -> int:
    return 422 if form.problems else 200
