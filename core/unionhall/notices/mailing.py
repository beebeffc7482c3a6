"""Mail as a channel of notices: one-click unsubscription in the header (RFC 8058), the same Message-ID for the same key."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from unionhall.hooks.people import Channel, Message
from unionhall.platform import mail


def send(message: Message, key: str) -> str:
    """Hand a mail to the server, or to the folder `instance/mail`; returns its Message-ID."""
    headers = {"Auto-Submitted": "auto-generated"}
    if message.unsubscribe:
        headers |= {"List-Unsubscribe": f"<{message.unsubscribe}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return mail.post(message.to, message.subject, message.text, key=key, headers=headers)


CHANNEL = Channel("mail", _l("邮件"), send)
