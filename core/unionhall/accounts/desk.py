"""The desk's account screens for administrators: list, create, change, grant, disable."""

from __future__ import annotations

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from unionhall.accounts import administration, queries, sessions
from unionhall.accounts.forms import AccountForm, GrantForm
from unionhall.accounts.labels import GRANT_STATES, STATES, role_word
from unionhall.accounts.models import Account, AccountGrant
from unionhall.base import clock
from unionhall.base.errors import NotAllowed, NotFound, RuleBroken
from unionhall.base.web import go
from unionhall.desk import scope
from unionhall.desk.forms import choices
from unionhall.desk.lists import Pager, page_number
from unionhall.host.assets import absolute
from unionhall.orgs import queries as orgs
from unionhall.platform.access import can, current_actor, needs

READ, MANAGE = queries.READ, administration.MANAGE
bp = Blueprint("accounts_desk", __name__, url_prefix="/accounts")


@bp.get("/")
@needs(READ)
def accounts() -> ResponseReturnValue:
    """List the accounts of the orgs that the actor looks after."""
    actor, page = current_actor(), page_number()
    search, state = request.args.get("q", "").strip()[:60], request.args.get("state", "")
    found, total = queries.listed(actor=actor, search=search, state=state, below=scope.current(actor), page=page)
    return render_template(
        "accounts/desk_list.html", accounts=found, pager=Pager(page, total, queries.PAGE), search=search, state=state, role_word=role_word,
        states=STATES, now=clock.now(), may_create=can(actor, MANAGE),
    )


@bp.route("/new", methods=["GET", "POST"])
@needs(MANAGE)
def new() -> ResponseReturnValue:
    """Create an account and show the one-time link for its owner."""
    actor, form = current_actor(), AccountForm()
    _offer_orgs(form)
    if form.accepted():
        try:
            org = orgs.get(form.org_id.data, actor=actor, permission=MANAGE)
            account = administration.create_account(
                org, login=form.login.data or "", name=form.name.data or "", email=form.email.data or "", actor=actor, now=clock.now()
            )
        except RuleBroken as error:
            form.refuse(error)
        else:
            flash(_("账号建好了。下一步：给它授权，再把邀请链接发给本人。"), "ok")
            return go(url_for("accounts_desk.account", account_id=account.id))
    return render_template("accounts/desk_new.html", form=form), 422 if form.is_submitted() else 200


@bp.get("/<int:account_id>")
@needs(READ)
def account(account_id: int) -> ResponseReturnValue:
    """Show an account, its grants and what may be done with it."""
    return _page(queries.get(account_id, actor=current_actor()))


@bp.post("/<int:account_id>")
@needs(MANAGE)
def change(account_id: int) -> ResponseReturnValue:
    """Change name and mail address."""
    found, form = _managed(account_id), AccountForm()
    del form.login, form.org_id
    if form.accepted():
        try:
            administration.change_account(
                found, name=form.name.data or "", email=form.email.data or "", actor=current_actor(), now=clock.now()
            )
        except RuleBroken as error:
            form.refuse(error)
        else:
            flash(_("资料已保存。"), "ok")
            return go(url_for("accounts_desk.account", account_id=account_id))
    return _page(found, form=form), 422


@bp.post("/<int:account_id>/grants")
@needs(MANAGE)
def grant(account_id: int) -> ResponseReturnValue:
    """Give a role."""
    found, form, actor = _managed(account_id), GrantForm(), current_actor()
    _offer(form)
    if form.accepted():
        try:
            org = orgs.get(form.org_id.data, actor=actor, permission=MANAGE)
            administration.grant(
                found, form.role.data, org, starts_at=form.starts_at.data, ends_at=form.ends_at.data,
                actor=actor, now=clock.now(),
            )
        except (RuleBroken, NotAllowed) as error:
            form.refuse(error)
            return _page(found, grant_form=form), error.status
        flash(_("已授权。对方下一次点击就生效。"), "ok")
        return go(url_for("accounts_desk.account", account_id=account_id))
    return _page(found, grant_form=form), 422


@bp.route("/<int:account_id>/grants/<int:grant_id>/revoke", methods=["GET", "POST"])
@needs(MANAGE)
def revoke(account_id: int, grant_id: int) -> ResponseReturnValue:
    """Ask, then take a grant back at once."""
    found = queries.get(account_id, actor=current_actor())
    row = _grant(found, grant_id)
    if request.method == "GET":
        return _sure(found, _("收回角色"), _("“%(name)s”不再是%(org)s的%(role)s，对方下一次点击就生效。写过的稿件、审过的记录都保留。",
                                         name=found.name, org=row.org.name, role=role_word(row.role)))
    administration.revoke(row, actor=current_actor(), now=clock.now())
    flash(_("已收回。"), "ok")
    return go(url_for("accounts_desk.account", account_id=account_id))


@bp.post("/<int:account_id>/invite")
@needs(MANAGE)
def invite(account_id: int) -> ResponseReturnValue:
    """Make a one-time link to set a password and show it once; it is mailed too when there is an address."""
    found = _managed(account_id)
    return _page(found, link=absolute(administration.invite(found, actor=current_actor(), now=clock.now())))


@bp.route("/<int:account_id>/disable", methods=["GET", "POST"])
@needs(MANAGE)
def disable(account_id: int) -> ResponseReturnValue:
    """Ask, then lock the account out."""
    found = _managed(account_id)
    if request.method == "GET":
        count = _open_sessions(found)
        return _sure(found, _("停用账号"), ngettext(
            "停用后，%(login)s 不能再登录，正在进行的 %(num)d 个会话马上结束。写过的稿件、审稿记录都保留，随时可以再启用。",
            "停用后，%(login)s 不能再登录，正在进行的 %(num)d 个会话马上结束。写过的稿件、审稿记录都保留，随时可以再启用。",
            count, login=found.login))  # fmt: skip
    administration.disable(found, actor=current_actor(), now=clock.now())
    flash(_("已停用，打开的会话都结束了。"), "ok")
    return go(url_for("accounts_desk.account", account_id=account_id))


@bp.post("/<int:account_id>/enable")
@needs(MANAGE)
def enable(account_id: int) -> ResponseReturnValue:
    """Let the account in again."""
    administration.enable(_managed(account_id), actor=current_actor(), now=clock.now())
    flash(_("已启用。"), "ok")
    return go(url_for("accounts_desk.account", account_id=account_id))


@bp.post("/<int:account_id>/end-sessions")
@needs(MANAGE)
def end_sessions(account_id: int) -> ResponseReturnValue:
    """End all of somebody's sessions."""
    count = administration.end_sessions(_managed(account_id), actor=current_actor(), now=clock.now())
    flash(ngettext("结束了 %(num)d 个会话。", "结束了 %(num)d 个会话。", count), "ok")
    return go(url_for("accounts_desk.account", account_id=account_id))


@bp.route("/<int:account_id>/reset-factor", methods=["GET", "POST"])
@needs(MANAGE)
def reset_factor(account_id: int) -> ResponseReturnValue:
    """Ask, then unbind somebody's lost phone."""
    found = _managed(account_id)
    if request.method == "GET":
        count = _open_sessions(found)
        return _sure(found, _("解除动态口令"), ngettext(
            "先确认是本人来找你的。解除后，%(login)s 登录只要密码，恢复码作废，正在进行的 %(num)d 个会话马上结束。",
            "先确认是本人来找你的。解除后，%(login)s 登录只要密码，恢复码作废，正在进行的 %(num)d 个会话马上结束。",
            count, login=found.login))  # fmt: skip
    administration.reset_second_factor(found, actor=current_actor(), now=clock.now())
    flash(_("动态口令已解除，打开的会话都结束了。"), "ok")
    return go(url_for("accounts_desk.account", account_id=account_id))


def _managed(account_id: int) -> Account:
    return queries.get(account_id, actor=current_actor(), permission=MANAGE)


def _grant(account: Account, grant_id: int) -> AccountGrant:
    """Return a grant of this account. Raises NotFound for another's, as if it did not exist."""
    row = next((row for row in account.grants if row.id == grant_id), None)
    if row is None or not can(current_actor(), READ, row.org):
        raise NotFound()
    return row


def _offer_orgs(form: AccountForm | GrantForm) -> None:
    found = orgs.manageable(current_actor(), MANAGE)
    form.org_id.choices = choices((org.id, "　" * org.depth + org.name) for org in found)


def _offer(form: GrantForm) -> None:
    """Offer the roles that the actor may give and the orgs where they look after accounts."""
    form.role.choices = choices((role, role_word(role)) for role in administration.givable(current_actor()))
    _offer_orgs(form)


def _open_sessions(account: Account) -> int:
    return len(sessions.open_sessions(account.id, now=clock.now()))


def _sure(account: Account, act: str, text: str) -> str:
    """Render the question before an act that takes something away."""
    return render_template("accounts/desk_sure.html", account=account, act=act, text=text)


def _page(
    account: Account, *, form: AccountForm | None = None, grant_form: GrantForm | None = None, link: str = ""
) -> str:
    """Render an account with whatever form went wrong."""
    actor, now = current_actor(), clock.now()
    if form is None:
        form = AccountForm(formdata=None, obj=account)
        del form.login, form.org_id
    grant_form = grant_form or GrantForm(formdata=None)
    manages, own = can(actor, MANAGE, account.org), account.id == actor.account_id
    _offer(grant_form)
    return render_template(
        "accounts/desk_account.html", account=account, form=form, grant_form=grant_form, role_word=role_word, states=STATES,
        grant_states=GRANT_STATES, now=now, link=link, manages=manages and not own, own=own,
        may_revoke=lambda row: can(actor, MANAGE, row.org) and administration.may_give(row.role, row.org, actor),
        sessions=_open_sessions(account) if manages else 0,
    )
