"""The desk's org screens: the tree, an org, create, change, move, merge, close, reopen."""

from __future__ import annotations

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.base import clock
from unionhall.base.errors import Conflict, UnionHallError
from unionhall.base.web import go
from unionhall.desk import scope
from unionhall.desk.forms import DeskForm, choices
from unionhall.hooks.types import PageView
from unionhall.orgs import queries, services
from unionhall.orgs.forms import OrgForm, TargetForm
from unionhall.orgs.labels import CHANGES, KINDS, STATUSES, told
from unionhall.orgs.models import Org
from unionhall.platform.access import can, current_actor, needs

READ, MANAGE = "orgs.read", services.MANAGE
MANY, LEVELS_OF_MANY = 300, 2
bp = Blueprint("orgs_desk", __name__, url_prefix="/orgs")


@bp.get("/")
@needs(READ)
def orgs() -> ResponseReturnValue:
    """Show the tree (of a very large one the upper levels), or what matches a search."""
    actor, search, closed = current_actor(), request.args.get("q", "").strip()[:60], request.args.get("closed") == "1"
    found = queries.manageable(actor, READ, search=search, closed=closed, below=scope.current(actor))
    shown = found
    if len(found) > MANY and not search:
        top = min(org.depth for org in found)
        shown = [org for org in found if org.depth < top + LEVELS_OF_MANY]
    return render_template(
        "orgs/desk_list.html", nodes=queries.tree(shown), total=len(found), search=search, closed=closed, kinds=KINDS,
        statuses=STATUSES, may_create=can(actor, MANAGE), here=queries.by_path(scope.current(actor)), cut=len(shown) < len(found),
        places=queries.places(shown) if search else {}, below=queries.numbers_below([org.id for org in shown]),
    )


@bp.get("/<int:org_id>")
@needs(READ)
def org(org_id: int) -> ResponseReturnValue:
    """Show an org, what lies above and below it, and its history."""
    actor = current_actor()
    found = queries.get(org_id, actor=actor, permission=READ)
    return render_template(
        "orgs/desk_org.html", org=found, above=[(item, can(actor, READ, item)) for item in queries.ancestors(found)],
        children=queries.children(found), history=queries.history(found), kinds=KINDS, statuses=STATUSES, changes=CHANGES,
        told=told, manages=can(actor, MANAGE, found), decides=_decides(found), works_here=scope.current(actor) == found.path,
    )


@bp.route("/<int:org_id>/new", methods=["GET", "POST"])
@needs(MANAGE)
def new(org_id: int) -> ResponseReturnValue:
    """Found an org below this one."""
    parent, form = _managed(org_id), OrgForm()
    form.kind.choices = choices((kind.value, label) for kind, label in KINDS.items() if services.may_hang(kind, parent.kind))
    if form.accepted():
        try:
            made = services.create_org(parent, form.fields(), actor=current_actor(), now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
        else:
            flash(_("“%(name)s”建好了。", name=made.name), "ok")
            return go(url_for("orgs_desk.org", org_id=made.id))
    return render_template("orgs/desk_edit.html", form=form, parent=parent, org=None, theirs=[]), _status(form)


@bp.route("/<int:org_id>/edit", methods=["GET", "POST"])
@needs(MANAGE)
def edit(org_id: int) -> ResponseReturnValue:
    """Change what is said of an org; who saves second sees both and loses nothing."""
    found = _managed(org_id)
    form, theirs, status = OrgForm(obj=found), list[tuple[str, str, str]](), 200
    if form.accepted():
        try:
            services.rename_org(found, form.fields(), version=_version(form), actor=current_actor(), now=clock.now())
        except Conflict as error:
            form.refuse(error)
            theirs, status = form.differing(found), error.status
            form.version.data = str(found.version)
        except UnionHallError as error:
            form.refuse(error)
        else:
            flash(_("资料已保存。"), "ok")
            return go(url_for("orgs_desk.org", org_id=org_id))
    page = render_template("orgs/desk_edit.html", form=form, parent=found.parent, org=found, theirs=theirs)
    return page, status if status != 200 else _status(form)


@bp.route("/<int:org_id>/move", methods=["GET", "POST"])
@needs(MANAGE)
def move(org_id: int) -> ResponseReturnValue:
    """Choose a new parent, see how many go along, then move."""
    found = _decided(org_id)
    offered = [item for item in _others(found) if item.id != found.parent_id and services.may_hang(found.kind, item.kind)]
    return _to_another(found, offered, "move")


@bp.route("/<int:org_id>/merge", methods=["GET", "POST"])
@needs(MANAGE)
def merge(org_id: int) -> ResponseReturnValue:
    """Choose the org that stays, see what goes over to it, then merge."""
    found = _decided(org_id)
    return _to_another(found, _others(found), "merge")


@bp.route("/<int:org_id>/close", methods=["GET", "POST"])
@needs(MANAGE)
def close(org_id: int) -> ResponseReturnValue:
    """Ask, then close an org."""
    found, form = _decided(org_id), DeskForm()
    if form.accepted():
        try:
            services.close_org(found, actor=current_actor(), now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
        else:
            flash(_("“%(name)s”已关闭。", name=found.name), "ok")
            return go(url_for("orgs_desk.org", org_id=org_id))
    return render_template("orgs/desk_close.html", org=found, form=form, below=queries.at_work_below(found)), _status(form)


@bp.route("/<int:org_id>/reopen", methods=["GET", "POST"])
@needs(MANAGE)
def reopen(org_id: int) -> ResponseReturnValue:
    """Ask, then put a closed org to work again."""
    found, form = _decided(org_id), DeskForm()
    if form.accepted():
        try:
            services.reopen_org(found, actor=current_actor(), now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
        else:
            flash(_("“%(name)s”已恢复。", name=found.name), "ok")
            return go(url_for("orgs_desk.org", org_id=org_id))
    return render_template("orgs/desk_reopen.html", org=found, form=form), _status(form)


def _to_another(found: Org, offered: list[Org], act: str) -> ResponseReturnValue:
    """First the choice, then a page that says what will happen, then the act."""
    form, asked = TargetForm(), request.args.get("target", "")
    form.target.choices = choices((item.id, "　" * item.depth + item.name) for item in offered)
    target = next((item for item in offered if str(item.id) == asked), None)
    if form.accepted():
        target = next(item for item in offered if item.id == form.target.data)
        try:
            done = services.move_org if act == "move" else services.merge_org
            done(found, target, actor=current_actor(), now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
        else:
            words = _("“%(name)s”移好了。", name=found.name) if act == "move" else _("已并入“%(name)s”。", name=target.name)
            flash(words, "ok")
            return go(url_for("orgs_desk.org", org_id=found.id if act == "move" else target.id))
    if target is None:
        return render_template("orgs/desk_target.html", org=found, form=form, act=act, offered=offered), _status(form)
    form.target.data = target.id
    page = render_template(
        "orgs/desk_sure.html", org=found, target=target, form=form, act=act, children=len(queries.children(found)),
        below=len(queries.within([found.path], closed=True)) - 1, page_view=PageView("orgs.merge", found.id, found.id),
    )
    return page, _status(form)


def _managed(org_id: int) -> Org:
    return queries.get(org_id, actor=current_actor(), permission=MANAGE)


def _decided(org_id: int) -> Org:
    """Return an org whose place in the tree the actor decides. Raises NotFound, NotAllowed, or RuleBroken at the root."""
    found = _managed(org_id)
    services.require_above(found, current_actor())
    return found


def _others(found: Org) -> list[Org]:
    """Return the orgs at work that the actor manages, without this one and those below it."""
    return [item for item in queries.manageable(current_actor(), MANAGE) if not item.path.startswith(found.path)]


def _decides(found: Org) -> bool:
    """Moving, merging and closing are decided one level up."""
    return found.parent is not None and can(current_actor(), MANAGE, found.parent)


def _version(form: OrgForm) -> int:
    seen = str(form.version.data)
    return int(seen) if seen.isdecimal() and len(seen) < 10 else 0


def _status(form: DeskForm) -> int:
    return 422 if form.problems else 200
