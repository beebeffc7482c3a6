"""Mail: queued in the unit of work, sent after the commit by SMTP, or written to `instance/mail/` without one."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Mapping
from datetime import datetime
from email import policy
from email.headerregistry import HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.utils import make_msgid
from typing import Any

from sqlalchemy import delete

from unionhall.base import clock, db
from unionhall.base.config import Config
from unionhall.base.crypto import config, token_hash
from unionhall.platform import outbox

TOPIC = "mail"


class _Whole(UnstructuredHeader):
    """List-Unsubscribe holds an address: on one line as it is, however long (RFC 5322 allows 998), since programs read it."""

    def fold(self, *, policy: policy.Policy) -> str:
        return f"List-Unsubscribe: {self}{policy.linesep}"


_HEADERS = HeaderRegistry()
_HEADERS.map_to_type("list-unsubscribe", _Whole)  # type: ignore[arg-type]  # its stubs name no class of one's own
POLICY = policy.default.clone(header_factory=_HEADERS)


def send(to: str, subject: str, body: str, *, now: datetime, key: str | None = None) -> None:
    """Queue a plain-text mail; one with a `key` that was used is not sent again.

    Raises ValueError for a line break in address or subject (ASVS 1.3.11).
    """
    if any(mark in to + subject for mark in "\r\n"):
        raise ValueError("line break in a mail header")
    outbox.put(TOPIC, {"to": to, "subject": subject, "body": body}, now=now, key=key)


def forget(address: str) -> None:
    """Remove every mail to an address from the outbox, sent or not: its owner's data is erased."""
    to = outbox.OutboxMessage.payload["to"].as_string()
    db.session().execute(delete(outbox.OutboxMessage).where(outbox.OutboxMessage.topic == TOPIC, to == address))


def deliver(payload: dict[str, Any]) -> None:
    """Hand one queued mail to the server, or to the folder that stands for it."""
    post(payload["to"], payload["subject"], payload["body"])


def post(to: str, subject: str, body: str, *, key: str = "", headers: Mapping[str, str] | None = None) -> str:
    """Hand one mail over at once, from a worker; returns its Message-ID, which is the same for the same `key`.

    Raises ValueError for a line break in a header, OSError and SMTPException when the server does not take it.
    """
    settings = config()
    domain = settings.mail_from.rpartition("@")[2]
    message = EmailMessage(policy=POLICY)
    message["From"], message["To"], message["Subject"] = settings.mail_from, to, subject
    message["Message-ID"] = f"<{token_hash(key)[:40]}@{domain}>" if key else make_msgid(domain=domain)
    for name, value in (headers or {}).items():
        message[name] = value
    message.set_content(body)
    if settings.smtp_host:
        _smtp(settings, message)
    else:
        folder = settings.instance / "mail"
        folder.mkdir(parents=True, exist_ok=True)
        name = f"{clock.now():%Y%m%dT%H%M%S%f}-{token_hash(message['Message-ID'])[:8]}.eml"
        (folder / name).write_bytes(bytes(message))
    return str(message["Message-ID"])


def _smtp(settings: Config, message: EmailMessage) -> None:
    with smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=20) as server:
        server.starttls(context=ssl.create_default_context())
        if settings.smtp_user:
            server.login(settings.smtp_user, settings.smtp_password)
        server.send_message(message)
