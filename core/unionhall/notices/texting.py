"""Text messages: the bundled gateway client, and the folder that stands for it on a site that only tries things out."""

from __future__ import annotations

import hashlib
import hmac
import json
import time

from flask_babel import lazy_gettext as _l

from unionhall.base import clock
from unionhall.base.crypto import config, token_hash
from unionhall.base.errors import RuleBroken
from unionhall.hooks.people import Channel, Message
from unionhall.notices.calling import ProviderProblem, pairs, post_json

FOLDER = "messages"


def send(message: Message, key: str) -> str:
    """Hand a text message to the gateway, or to the folder `instance/messages` of a demo; returns the gateway's id.

    Raises RuleBroken without a gateway on a real site, ProviderProblem when the gateway refuses for now.
    """
    return _gateway(message, key) if config().sms_url else keep_in_folder("sms", message, key)


def ready() -> bool:
    """Say whether text messages can be sent: by a gateway, or into the folder of a demo or a test."""
    return bool(config().sms_url) or _pretending()


def _pretending() -> bool:
    return config().demo or config().testing


def _gateway(message: Message, key: str) -> str:
    """Send {to, sign, template, values, text, key}; the signature is HMAC-SHA256, hex, of "timestamp.body" (docs/administrators.md)."""
    settings = config()
    template = pairs(settings.sms_templates).get(message.template, message.template)
    text = f"【{settings.sms_sign}】{message.text}" if settings.sms_sign else message.text
    values = dict(message.values or {})
    asked = {"to": message.to, "sign": settings.sms_sign, "template": template, "values": values, "text": text, "key": key}
    body = json.dumps(asked, ensure_ascii=False, sort_keys=True).encode("utf-8", "replace")
    stamp = str(int(clock.now().timestamp()))
    signature = hmac.new(settings.sms_key.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    answer = post_json(settings.sms_url, body, {"X-Timestamp": stamp, "X-Signature": signature, "Idempotency-Key": token_hash(key)})
    if answer.get("ok") is True:
        return str(answer.get("id", ""))[:120]
    if answer.get("permanent") is True:
        raise RuleBroken(_l("短信网关拒绝了这条短信，重发也没有用。"))
    raise ProviderProblem("the gateway did not take the message")


def keep_in_folder(channel: str, message: Message, key: str) -> str:
    """Write a message to `instance/messages/`, where who tries the site out finds it; refused on a real site."""
    if not _pretending():
        raise RuleBroken(_l("这个渠道还没有配置，消息没有发出去。请系统管理员在服务器上填写配置。"))
    folder = config().instance / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = f"{clock.now():%Y%m%dT%H%M%S%f}-{channel}-{token_hash(key or str(time.monotonic_ns()))[:8]}"
    lines = [f"To: {message.to}", f"Subject: {message.subject}", f"Template: {message.template}", "", message.text, message.url]
    (folder / f"{name}.txt").write_text("\n".join(lines).strip() + "\n", "utf-8", "replace")
    return name


CHANNEL = Channel("sms", _l("短信"), send, ready)
