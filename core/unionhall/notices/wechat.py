"""Template messages of a WeChat official account. Its documentation: developers.weixin.qq.com, "模板消息", "获取稳定版接口调用凭据"."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from flask import current_app
from flask_babel import lazy_gettext as _l

from unionhall.base import clock
from unionhall.base.crypto import config, token_hash
from unionhall.base.errors import RuleBroken
from unionhall.hooks.people import Channel, Message
from unionhall.notices.calling import ProviderProblem, pairs, post_json
from unionhall.notices.texting import keep_in_folder

STALE, HOPELESS = frozenset({40001, 40014, 42001}), frozenset({40003, 40037, 43004, 43019, 45157, 47003})
EARLY = timedelta(minutes=5)
LONGEST_VALUE = 200
_LINE = re.compile(r"^\s*([a-z][a-z0-9_]{0,30})\s*[=＝]\s*(.+?)\s*$", re.MULTILINE)
_KEPT = "unionhall.wechat.token"


def send(message: Message, key: str) -> str:
    """Send a template message; returns WeChat's id of it.

    Raises RuleBroken when there is no approved template or the reader does not follow the account, ProviderProblem for what
    may be better later. A token that WeChat does not know any more is asked for anew, once.
    """
    if not config().wechat_app_id:
        return keep_in_folder("wechat", message, key)
    template = pairs(config().wechat_templates).get(message.template, message.template)
    if not template or "." in template:
        raise RuleBroken(_l("公众号没有给这类通知配模板，消息没有发出去。"))
    asked: dict[str, Any] = {"touser": message.to, "template_id": template, "data": _fields(message), "client_msg_id": token_hash(key)[:32]}
    if message.url:
        asked["url"] = message.url
    body = json.dumps(asked, ensure_ascii=False).encode("utf-8", "replace")
    answer = _post(body, _token())
    if answer.get("errcode") in STALE:
        answer = _post(body, _token(renew=True))
    if (code := answer.get("errcode", 0)) in HOPELESS:
        raise RuleBroken(_l("公众号拒绝了这条消息（%(code)s），重发也没有用。", code=code))
    if code:
        raise ProviderProblem(f"errcode {code}")
    return str(answer.get("msgid", ""))[:120]


def ready() -> bool:
    """Say whether an official account is set, or this is a demo or a test."""
    return bool(config().wechat_app_id and config().wechat_secret) or config().demo or config().testing


def _post(body: bytes, token: str) -> dict[str, Any]:
    return post_json(f"{config().wechat_url}/cgi-bin/message/template/send?access_token={quote(token, safe='')}", body, {})


def _fields(message: Message) -> dict[str, dict[str, str]]:
    """Return the template's fields: lines `thing1 = text` of the site's own wording, else the notice's values by name."""
    found = dict(_LINE.findall(message.text)) or dict(message.values or {})
    return {name: {"value": value[:LONGEST_VALUE]} for name, value in found.items()}


def _token(*, renew: bool = False) -> str:
    """Return the access token, kept in this process until five minutes before it ends. The stable kind is asked for: any
    number of processes may hold it at the same time."""
    kept: dict[str, tuple[str, datetime]] = current_app.extensions.setdefault(_KEPT, {})
    settings, now = config(), clock.now()
    token, until = kept.get(settings.wechat_app_id, ("", now))
    if token and now < until and not renew:
        return token
    asked = {"grant_type": "client_credential", "appid": settings.wechat_app_id, "secret": settings.wechat_secret, "force_refresh": renew}
    answer = post_json(f"{settings.wechat_url}/cgi-bin/stable_token", json.dumps(asked).encode(), {})
    fresh, seconds = answer.get("access_token"), answer.get("expires_in")
    if not isinstance(fresh, str) or not isinstance(seconds, int):
        raise ProviderProblem(f"no access token: errcode {answer.get('errcode')}")
    kept[settings.wechat_app_id] = (fresh, now + timedelta(seconds=seconds) - EARLY)
    return fresh


CHANNEL = Channel("wechat", _l("公众号"), send, ready)
