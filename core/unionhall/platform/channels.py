"""Ways to reach people outside the site: queued in the unit of work, handed to the channel's adapter after the commit.

What waits in the outbox is sealed: it holds numbers, addresses and one-time codes.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from flask import current_app

from unionhall.base.crypto import seal, unseal
from unionhall.base.errors import NotFound
from unionhall.hooks.people import Channel, Message
from unionhall.platform import outbox

TOPIC = "message"
SEALED = "platform.message"
Known = Callable[[], dict[str, Channel]]


def every() -> dict[str, Channel]:
    """Return the channels that the core and the enabled plugins bring, by name."""
    known: Known = current_app.extensions["unionhall.channels"]
    return known()


def ready(name: str) -> bool:
    """Say whether there is such a channel and the site's settings suffice for it."""
    channel = every().get(name)
    return channel is not None and channel.ready()


def send(channel: str, message: Message, *, now: datetime, key: str | None = None) -> None:
    """Queue a message for a channel ("sms"); one with a `key` that was used is not sent again. Raises NotFound for no such channel.

    One to nobody (`to` empty) costs the same work and is dropped by the worker: the time taken says nothing to who asked.
    """
    if channel not in every():
        raise NotFound(f"no channel named {channel!r}")
    body = seal(SEALED, json.dumps(asdict(message)))
    outbox.put(TOPIC, {"channel": channel, "sealed": body, "key": key or ""}, now=now, key=key)


def deliver(payload: dict[str, Any]) -> None:
    """Hand one queued message to its channel; raising lets the outbox try again later."""
    message = Message(**json.loads(unseal(SEALED, payload["sealed"])))
    if message.to:
        every()[payload["channel"]].send(message, payload["key"])
