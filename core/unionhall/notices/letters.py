"""What is sent: a notice as one channel carries it, the daily mail, and the links by which people stop them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from flask_babel import force_locale, ngettext
from flask_babel import gettext as _

from unionhall.base.crypto import sign, unsign
from unionhall.hooks.people import Message, NoticeKind
from unionhall.host.assets import absolute
from unionhall.notices import kinds, queries
from unionhall.notices.models import Notice
from unionhall.notices.queries import Reached, Texts
from unionhall.settings.queries import site_settings

PURPOSE = "notices.unsubscribe"
LASTS = int(timedelta(days=3650).total_seconds())
LISTED = 50


def message(notice: Notice, kind: NoticeKind, person: Reached, channel: str, texts: Texts, *, alone: bool = True) -> Message:
    """Return what a channel carries to a person; `alone` is False for a part of the daily mail, which has one foot for all."""
    locale = person.locale or kinds.main_locale()
    subject, body = queries.said(kind, channel, locale, notice.values, texts)
    own = texts.get((kind.name, channel, locale))
    stop = "" if kind.safety else stop_link(person.id, kind.name, channel)
    link = absolute(notice.url or f"/my/inbox/{notice.id}")
    if channel == "mail":
        with force_locale(locale):
            body = f"{body}\n\n{link}" + (_foot(stop) if alone else "")
    return Message(
        person.addresses[channel], subject, body, link, template=(own.template if own else "") or kind.name, values=notice.values,
        unsubscribe=stop if channel == "mail" else "",
    )  # fmt: skip


def digest(account_id: int, parts: Sequence[Message]) -> Message:
    """Return the one mail of a day that holds all that waited, at most fifty of them in full."""
    person = queries.reached([account_id])[account_id]
    stop = stop_link(account_id, queries.EVERY, "mail")
    with force_locale(person.locale or kinds.main_locale()):
        subject = ngettext("%(num)d 条通知", "%(num)d 条通知", len(parts))
        body = "\n\n——\n\n".join(f"{part.subject}\n\n{part.text}" for part in parts[:LISTED])
        if len(parts) > LISTED:
            more = ngettext("还有 %(num)d 条，请到网站上看：", "还有 %(num)d 条，请到网站上看：", len(parts) - LISTED)
            body += f"\n\n——\n\n{more}{absolute('/my/inbox/')}"
        body += _foot(stop)
    return Message(person.addresses["mail"], subject, body, absolute("/my/inbox/"), unsubscribe=stop)


def _foot(stop: str) -> str:
    """Return the last lines of a mail; one for safety cannot be stopped, and says so."""
    name = site_settings().site_name
    if not stop:
        return "\n\n" + _("——\n%(site)s。这是涉及安全的通知，不能退订。", site=name)
    return "\n\n" + _("——\n%(site)s。不想再收这类邮件，打开这个地址，不用登录：\n%(link)s", site=name, link=stop)


def stop_link(account_id: int, kind: str, channel: str) -> str:
    """Return the absolute address that stops a kind on a channel for an account, without a login."""
    return absolute(f"/notices/unsubscribe/{sign(PURPOSE, [account_id, kind, channel])}")


def stopped_by(token: str) -> tuple[int, str, str] | None:
    """Return (account id, kind, channel) that a stop link is about, None for a forged one."""
    value = unsign(PURPOSE, token, LASTS)
    if isinstance(value, list) and len(value) == 3 and isinstance(value[0], int):
        return value[0], str(value[1]), str(value[2])
    return None
