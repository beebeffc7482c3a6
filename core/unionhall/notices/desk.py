"""The desk's screens of notices: texts and ways of each kind, and the delivery log."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from unionhall.accounts.queries import names
from unionhall.base import clock
from unionhall.base.crypto import config
from unionhall.base.errors import Conflict, NotFound, RuleBroken
from unionhall.base.web import fail, go
from unionhall.desk import scope
from unionhall.desk.lists import Pager, export_url, page_number
from unionhall.hooks.people import NoticeKind
from unionhall.notices import kinds, log, queries, wording
from unionhall.notices.forms import WordingForm
from unionhall.platform.access import SITE, can, current_actor, needs, require
from unionhall.site.shell import LANGUAGE_NAMES

MANAGE, READ, RETRY = wording.MANAGE, log.READ, log.RETRY
SOURCE = "notices.log"
bp = Blueprint("notices_desk", __name__, url_prefix="/notices")


@bp.get("/")
@needs(MANAGE)
def overview() -> ResponseReturnValue:
    """Show every kind, the channels that carry it, and whether the site has a text of its own."""
    require(current_actor(), MANAGE, SITE)
    known, chosen, usable = kinds.every(), queries.routes(), queries.usable()
    own = {name for name, _channel, _locale in queries.wordings(known)}
    rows = [(kind, [usable[name] for name in usable if queries.carries(kind, name, chosen)]) for kind in known.values()]
    return render_template("notices/desk_kinds.html", rows=rows, own=own, subjects={name: _subject(kind) for name, kind in known.items()})


def _subject(kind: NoticeKind) -> str:
    return queries.said(kind, queries.INBOX, str(get_locale()), dict(kind.sample), queries.wordings([kind.name]))[0]


@bp.route("/<kind_name>/", methods=["GET", "POST"])
@needs(MANAGE)
def kind(kind_name: str) -> ResponseReturnValue:
    """Show a kind's text on one channel in one language, preview it, store it, or go back to the kind's own."""
    found = _kind(kind_name)
    channel, locale = _place()
    own = queries.wordings([found.name]).get((found.name, channel, locale))
    subject, body = (own.subject, own.body) if own else kinds.default_text(found, locale)
    stored = {"subject": subject, "body": body, "template": own.template if own else "", "version": str(own.version if own else 0)}
    form, status = WordingForm(data=stored), 200
    if form.is_submitted():
        if "reset" in request.form:
            wording.reset(found, channel, locale, actor=current_actor(), now=clock.now())
            flash(_("已恢复原来的文字。"), "ok")
            return go(url_for("notices_desk.kind", kind_name=kind_name, channel=channel, locale=locale))
        status = _take(form, found, channel, locale)
        if not status:
            flash(_("文字已保存，下一条通知起使用。"), "ok")
            return go(url_for("notices_desk.kind", kind_name=kind_name, channel=channel, locale=locale))
        if status == Conflict.status:
            form.version.data = stored["version"]
    return _page(form, found, channel, locale, theirs=(subject, body) if status == Conflict.status else None), status


def _take(form: WordingForm, found: NoticeKind, channel: str, locale: str) -> int:
    """Preview or store what was sent; returns the status of the page to show, 0 when it was stored."""
    if not form.accepted():
        return 422
    text = {"subject": form.subject.data or "", "body": form.body.data or ""}
    try:
        if "preview" in request.form:
            fail()
            wording.check(found, **text)
            return 200
        template = form.template.data or ""
        wording.save(found, channel, locale, **text, template=template, seen=form.seen(), actor=current_actor(), now=clock.now())
    except (RuleBroken, Conflict) as error:
        form.refuse(error)
        return error.status
    return 0


def _kind(name: str) -> NoticeKind:
    require(current_actor(), MANAGE, SITE)
    return wording.known(name)


def _place() -> tuple[str, str]:
    """Return the channel and the language that the query string names. Raises NotFound for others than there are."""
    channel, locale = request.args.get("channel", queries.INBOX), request.args.get("locale", kinds.main_locale())
    if channel not in {queries.INBOX, *queries.usable()} or locale not in config().languages:
        raise NotFound()
    return channel, locale


def _page(form: WordingForm, found: NoticeKind, channel: str, locale: str, theirs: tuple[str, str] | None) -> str:
    texts, sample = queries.wordings([found.name]), dict(found.sample)
    previews = {name: queries.said(found, channel, name, sample, texts) for name in config().languages}
    previews[locale] = kinds.filled(form.subject.data or "", form.body.data or "", sample)
    past = wording.history(found)
    return render_template(
        "notices/desk_kind.html", form=form, kind=found, channel=channel, locale=locale, theirs=theirs, previews=previews,
        usable=queries.usable(), languages={name: LANGUAGE_NAMES.get(name, name) for name in config().languages},
        carried={name for name in queries.usable() if queries.carries(found, name, queries.routes())},
        own=(found.name, channel, locale) in texts, parts={name: kinds.sms_parts(_signed(body)) for name, (_s, body) in previews.items()},
        lengths={name: len(_signed(body)) for name, (_s, body) in previews.items()}, past=past,
        people=names({version.actor_id for version in past if version.actor_id}), channel_label=log.channel_label,
    )  # fmt: skip


def _signed(body: str) -> str:
    return f"【{config().sms_sign}】{body}" if config().sms_sign else body


@bp.post("/<kind_name>/channels")
@needs(MANAGE)
def channels(kind_name: str) -> ResponseReturnValue:
    """Choose which channels carry a kind."""
    found = _kind(kind_name)
    wording.route(found, request.form.getlist("channel"), actor=current_actor(), now=clock.now())
    flash(_("渠道已保存。"), "ok")
    return go(url_for("notices_desk.kind", kind_name=kind_name))


@bp.get("/log/")
@needs(READ)
def deliveries() -> ResponseReturnValue:
    """Show what was sent to whom and what was not, narrowed by what the query string says."""
    wanted, actor = log.Wanted.from_query(request.args), current_actor()
    found, total = log.lines(wanted, actor=actor, below=scope.current(actor), page=page_number())
    return render_template(
        "notices/desk_log.html", lines=found, pager=Pager(page_number(), total, log.PAGE), wanted=wanted, states=log.STATES,
        reasons=log.REASONS, kinds=kinds.every(), usable=queries.usable(), kind_label=log.kind_label, channel_label=log.channel_label,
        export=export_url(SOURCE, wanted.filters()), retries=can(actor, RETRY), missed=log.MISSED,
    )  # fmt: skip


@bp.post("/log/<int:delivery_id>/retry")
@needs(RETRY)
def retry(delivery_id: int) -> ResponseReturnValue:
    """Send once more what was not sent."""
    log.retry(delivery_id, actor=current_actor(), now=clock.now())
    flash(_("马上再发一次。"), "ok")
    filters = urlencode(log.Wanted.from_query(request.form).filters())
    return go(url_for("notices_desk.deliveries") + ("?" + filters if filters else ""))
