"""Mail: queued in the unit of work, sent after the commit by SMTP, or written to `instance/mail/` without one."""

from __future__ import annotations

import smtplib
import ssl
from datetime import datetime
from email.message import EmailMessage
from email.utils import make_msgid
from typing import Any

from unionhall.base import clock
from unionhall.base.config import Config
from unionhall.base.crypto import config
from unionhall.platform import outbox

TOPIC = "mail"


def send(to: str, subject: str, body: str, *, now: datetime, key: str | None = None) -> None:
    """Queue a plain-text mail; one with a `key` that was used is not sent again.

    Raises ValueError for a line break in address or subject (ASVS 1.3.11).
    """
    if any(mark in to + subject for mark in "\r\n"):
        raise ValueError("line break in a mail header")
    outbox.put(TOPIC, {"to": to, "subject": subject, "body": body}, now=now, key=key)


def deliver(payload: dict[str, Any]) -> None:
    """Hand one queued mail to the server, or to the folder that stands for it."""
    settings = config()
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = settings.mail_from, payload["to"], payload["subject"]
    message["Message-ID"] = make_msgid(domain=settings.mail_from.rpartition("@")[2])
    message.set_content(payload["body"])
    if settings.smtp_host:
        _smtp(settings, message)
    else:
        folder = settings.instance / "mail"
        folder.mkdir(parents=True, exist_ok=True)
        name = f"{clock.now():%Y%m%dT%H%M%S%f}.eml"
        (folder / name).write_bytes(bytes(message))


def _smtp(settings: Config, message: EmailMessage) -> None:
    with smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=20) as server:
        server.starttls(context=ssl.create_default_context())
        if settings.smtp_user:
            server.login(settings.smtp_user, settings.smtp_password)
        server.send_message(message)
