"""What people agreed to: bundled texts by version, given and taken back one by one (PIPL art. 14-16)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files

from flask_babel import get_locale
from sqlalchemy import select, update

from unionhall.base import db
from unionhall.base.errors import Conflict
from unionhall.hooks.types import Actor
from unionhall.members.own_models import Consent
from unionhall.platform import audit
from unionhall.settings.queries import site_settings

ACTIVATION = "activation"
VERSION = "2026-11"


@dataclass(frozen=True, slots=True)
class ConsentText:
    """A text as it is agreed to: paragraphs, `# ` in front of a heading; its version and the hash of its words."""

    version: str
    digest: str
    paragraphs: tuple[str, ...]


def current_text() -> ConsentText:
    """Return the text about personal information that activation asks to agree to, in the reader's language."""
    language = "en" if str(get_locale()) == "en" else "zh_CN"
    site = site_settings()
    words = (files("unionhall.members") / "static_data" / f"consent.{language}.txt").read_text("utf-8")
    organiser = site.organiser or site.site_name
    filled = words.replace("{organiser}", organiser).replace("{site}", site.site_name).replace("{hotline}", site.hotline)
    return ConsentText(VERSION, hashlib.sha256(filled.encode()).hexdigest(), tuple(filled.strip().split("\n\n")))


def give(account_id: int, purpose: str, version: str, digest: str, *, actor: Actor, now: datetime) -> None:
    """Note a consent; one in force for the same purpose is replaced, and stays as history. Raises Conflict."""
    _end(account_id, purpose, now)
    row = Consent(account_id=account_id, purpose=purpose, version=version, text_hash=digest, given_at=now)
    try:
        with db.session().begin_nested():
            db.session().add(row)
    except db.IntegrityError:
        raise Conflict() from None
    audit.record("members.consent_given", f"account:{account_id}", actor=actor, now=now, purpose=purpose, version=version)


def withdraw(account_id: int, purpose: str, *, actor: Actor, now: datetime) -> bool:
    """Take a consent back; False when none was in force."""
    ended = _end(account_id, purpose, now)
    if ended:
        audit.record("members.consent_withdrawn", f"account:{account_id}", actor=actor, now=now, purpose=purpose)
    return ended


def of_account(account_id: int) -> list[Consent]:
    """Return everything that somebody agreed to, the latest first."""
    return list(db.session().scalars(select(Consent).where(Consent.account_id == account_id).order_by(Consent.id.desc())))


def in_force(account_id: int, purpose: str) -> bool:
    """Say whether somebody has agreed and not taken it back."""
    held = (Consent.account_id == account_id) & (Consent.purpose == purpose) & Consent.withdrawn_at.is_(None)
    return db.session().scalar(select(Consent.id).where(held)) is not None


def _end(account_id: int, purpose: str, now: datetime) -> bool:
    held = (Consent.account_id == account_id) & (Consent.purpose == purpose) & Consent.withdrawn_at.is_(None)
    return db.update_count(update(Consent).where(held).values(withdrawn_at=now)) == 1
