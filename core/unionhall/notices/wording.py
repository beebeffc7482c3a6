"""The site's own texts and ways: changed by editors, put back to the kind's own, every version in the audit trail."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import delete, select, update

from unionhall.base import db
from unionhall.base.errors import Conflict, NotFound, RuleBroken
from unionhall.base.text import tidy
from unionhall.hooks.people import NoticeKind
from unionhall.hooks.types import Actor
from unionhall.notices import kinds, queries
from unionhall.notices.models import Route, Wording
from unionhall.notices.services import insert
from unionhall.platform import access, audit
from unionhall.platform.audit import AuditEntry

MANAGE = "notices.manage"
LONGEST_SUBJECT, LONGEST_BODY, LONGEST_TEMPLATE, PAST = 100, 1000, 80, 20


@dataclass(frozen=True)
class Version:
    """A text that a kind had: who put it there, when, on which channel and in which language; reset: the kind's own again."""

    at: datetime
    actor_id: int | None
    channel: str
    locale: str
    subject: str
    body: str
    reset: bool


def known(name: str) -> NoticeKind:
    """Return a kind by its name. Raises NotFound."""
    found = kinds.every().get(name)
    if found is None:
        raise NotFound()
    return found


def check(kind: NoticeKind, subject: str, body: str) -> tuple[str, str]:
    """Return a text as it is stored. Raises RuleBroken naming a placeholder that the kind does not have, or what is missing."""
    clean = {"subject": tidy(subject), "body": tidy(body, one_line=False)}
    for field, text in clean.items():
        if not text:
            raise RuleBroken(_("标题和内容都要写。"), field=field)
        if strange := kinds.unknown_places(kind, text):
            names = "、".join(f"{{{name[:40]}}}" for name in strange[:5])
            may = "、".join(f"{{{name}}}" for name in kind.sample)
            raise RuleBroken(_("这类通知里没有 %(names)s。能用的有：%(may)s。", names=names, may=may or _("（没有）")), field=field)
    return clean["subject"], clean["body"]


def save(
    kind: NoticeKind, channel: str, locale: str, *, subject: str, body: str, template: str, seen: int, actor: Actor, now: datetime
) -> None:
    """Store the site's own text of a kind on a channel in a language.

    Raises RuleBroken (see `check`), Conflict when the text is not any more the version `seen` (0: the kind's own).
    """
    access.require(actor, MANAGE, access.SITE)
    subject, body = check(kind, subject, body)
    row = {"subject": subject, "body": body, "template": tidy(template), "version": seen + 1, "updated_at": now}
    place = {"kind": kind.name, "channel": channel, "locale": locale}
    if seen:
        mine = update(Wording).filter_by(**place).where(Wording.version == seen).values(**row)
        stored = db.update_count(mine.execution_options(synchronize_session=False))
    else:
        added = insert(Wording).values(**place, **row).on_conflict_do_nothing().returning(Wording.id)
        stored = len(db.session().execute(added).all())
    if not stored:
        raise Conflict(_("你打开这一页之后，有人改过这段文字。下面是你写的，请和现在的对照后再保存一次。"))
    audit.record(
        "notices.wording_changed", f"notice_kind:{kind.name}", actor=actor, now=now,
        channel=channel, locale=locale, subject=subject, body=body,
    )  # fmt: skip


def reset(kind: NoticeKind, channel: str, locale: str, *, actor: Actor, now: datetime) -> None:
    """Go back to the kind's own text; nothing happens where the site has none of its own."""
    access.require(actor, MANAGE, access.SITE)
    if db.update_count(delete(Wording).filter_by(kind=kind.name, channel=channel, locale=locale)):
        audit.record("notices.wording_reset", f"notice_kind:{kind.name}", actor=actor, now=now, channel=channel, locale=locale)


def route(kind: NoticeKind, wanted: Iterable[str], *, actor: Actor, now: datetime) -> None:
    """Choose which channels carry a kind on this site."""
    access.require(actor, MANAGE, access.SITE)
    chosen = set(wanted)
    for channel in queries.usable():
        enabled = channel in chosen
        added = insert(Route).values(kind=kind.name, channel=channel, enabled=enabled)
        db.session().execute(added.on_conflict_do_update(index_elements=["kind", "channel"], set_={"enabled": enabled}))
    audit.record("notices.channels_changed", f"notice_kind:{kind.name}", actor=actor, now=now, keys=sorted(chosen & set(queries.usable())))


def history(kind: NoticeKind) -> list[Version]:
    """Return the last twenty versions of a kind's texts, newest first, as the audit trail has them."""
    acts = ("notices.wording_changed", "notices.wording_reset")
    rows = select(AuditEntry).where(AuditEntry.obj == f"notice_kind:{kind.name}", AuditEntry.act.in_(acts))
    return [_version(row) for row in db.session().scalars(rows.order_by(AuditEntry.n.desc()).limit(PAST))]


def _version(row: AuditEntry) -> Version:
    said = json.loads(row.event)
    channel, locale, subject, body = (str(said.get(f"x_{name}", "")) for name in ("channel", "locale", "subject", "body"))
    return Version(row.at, row.actor_id, channel, locale, subject, body, row.act == "notices.wording_reset")
