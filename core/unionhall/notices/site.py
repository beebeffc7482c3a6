"""A person's inbox and choices under /my/, and the page that stops a kind of mail without a login."""

from __future__ import annotations

from flask import Blueprint, Response, abort, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import update

from unionhall.base import clock, db
from unionhall.base.crypto import config
from unionhall.base.errors import NotFound
from unionhall.base.web import csrf, go, never_cache
from unionhall.desk.forms import choices
from unionhall.desk.lists import Pager, page_number
from unionhall.notices import hours, kinds, letters, log, queries, services
from unionhall.notices.forms import PreferencesForm
from unionhall.notices.models import Notice
from unionhall.platform.access import current_actor
from unionhall.site.shell import LANGUAGE_NAMES

bp = Blueprint("notices", __name__)


@bp.after_request
def keep_the_link_here(response: Response) -> Response:
    """The address of a stop link works without a login: it must not travel on in a Referer header."""
    if request.endpoint == "notices.unsubscribe":
        response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _mine() -> int:
    """Return the account that is logged in; others are sent to log in."""
    never_cache()
    account_id = current_actor().account_id
    if account_id is None:
        abort(401)
    return account_id


@bp.get("/my/inbox/")
def inbox() -> ResponseReturnValue:
    """Show one's notices, newest first, all or those not read."""
    mine, only_unread = _mine(), request.args.get("unread") == "1"
    entries, total = queries.inbox(mine, only_unread=only_unread, page=page_number())
    pager = Pager(page_number(), total, queries.PAGE)
    return render_template("notices/inbox.html", entries=entries, pager=pager, only_unread=only_unread, unread=queries.unread(mine))


@bp.get("/my/inbox/<int:notice_id>")
def notice(notice_id: int) -> ResponseReturnValue:
    """Show a notice, and note that it was read."""
    found = queries.one(notice_id, _mine())
    entry = queries.entry(found)
    if not entry.read:
        db.write_aside(update(Notice).where(Notice.id == entry.id, Notice.read_at.is_(None)).values(read_at=clock.now()))
    return render_template("notices/notice.html", entry=entry)


@bp.post("/my/inbox/read")
def read_all() -> ResponseReturnValue:
    """Note that all are read."""
    number = services.mark_all_read(_mine(), now=clock.now())
    flash(ngettext("%(num)d 条通知标为已读。", "%(num)d 条通知标为已读。", number) if number else _("没有未读的通知。"), "ok")
    return go(url_for("notices.inbox"))


@bp.route("/my/notices/", methods=["GET", "POST"])
def preferences() -> ResponseReturnValue:
    """Choose what to be told by which channel, the daily mail, the language."""
    mine = _mine()
    person, chosen, usable = queries.reached([mine])[mine], queries.routes(), queries.usable()
    table = [(kind, [name for name in usable if queries.carries(kind, name, chosen)]) for kind in kinds.every().values()]
    table = [(kind, carried) for kind, carried in table if carried]
    form = PreferencesForm(data={"digest": person.digest, "locale": person.locale or kinds.main_locale()})
    form.locale.choices = choices((name, LANGUAGE_NAMES.get(name, name)) for name in config().languages)
    if form.accepted():
        kept = set(request.form.getlist("on"))
        wanted = {(kind.name, name): f"{kind.name}/{name}" in kept for kind, carried in table if not kind.safety for name in carried}
        services.choose(mine, wanted, digest=form.digest.data, locale=form.locale.data, now=clock.now())
        flash(_("通知设置已保存。"), "ok")
        return go(url_for("notices.preferences"))
    begins, ends = hours.quiet_hours()
    addresses = {name: queries.masked(name, person.addresses.get(name, "")) for name in usable}
    page = render_template(
        "notices/preferences.html", form=form, table=table, person=person, usable=usable, addresses=addresses,
        digest_hour=hours.DIGEST_HOUR, quiet="" if begins == ends else f"{begins:%H:%M}–{ends:%H:%M}",
    )
    return page, 422 if form.is_submitted() else 200


@bp.route("/notices/unsubscribe/<token>", methods=["GET", "POST"])
@csrf.exempt  # type: ignore[untyped-decorator]
def unsubscribe(token: str) -> ResponseReturnValue:
    """Ask, then stop a kind of mail; a mail program posts here by itself (RFC 8058). Looking at it stops nothing."""
    never_cache()
    about = letters.stopped_by(token)
    if about is None or not queries.reached([about[0]]):
        raise NotFound(_("这个退订地址不完整，或者已经失效。登录后在“我的 · 通知设置”里也可以关掉。"))
    account_id, kind, channel = about
    done = request.method == "POST"
    if done:
        services.unsubscribe(account_id, kind, channel, now=clock.now())
    label = "" if kind == queries.EVERY else log.kind_label(kind)
    return render_template("notices/unsubscribe.html", done=done, label=label, channel=log.channel_label(channel))
