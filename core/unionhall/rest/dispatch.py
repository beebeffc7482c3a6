"""From a request to an operation's handler and back: token, input, repeat, state, answer."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, g, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from pydantic import BaseModel
from sqlalchemy import func, select
from werkzeug.http import parse_etags

from unionhall.base import clock, db
from unionhall.base.errors import NotAllowed, Stale, StateNeeded, Unauthorised
from unionhall.base.web import csrf, never_cache
from unionhall.hooks.api import ApiBearer, ApiCall, ApiOperation, ApiPage
from unionhall.hooks.types import READER, Actor
from unionhall.host.assets import absolute
from unionhall.host.mounting import refuse_resting
from unionhall.host.registry import PluginHost, host
from unionhall.platform.access import current_actor
from unionhall.platform.pagecache import shared
from unionhall.rest import reading, repeating
from unionhall.rest.table import EXTENSION, Placed, Table, table

JSON = "application/json"
PUBLIC_SECONDS = 60


def mount(app: Flask, plugins: PluginHost) -> None:
    """Mount what features and plugins declare; a plugin that declares it wrongly is set aside."""
    found = app.extensions[EXTENSION] = Table()
    csrf.exempt("unionhall.rest.dispatch.operate")  # no cookie is ever accepted here
    for owner, resource in plugins.gather("unionhall_api_resources"):
        try:
            for placed in found.add(owner, resource):
                app.add_url_rule(
                    placed.rule, f"api.{placed.operation.name}", _view(placed), methods=[placed.operation.method],
                    strict_slashes=True,
                )  # fmt: skip
        except Exception as error:
            if owner.core:
                raise
            plugins.set_aside(owner.name, error)


def _view(placed: Placed) -> Callable[..., ResponseReturnValue]:
    def operate(**path: Any) -> ResponseReturnValue:
        return _answer(placed, path)

    operate.__qualname__ = operate.__name__
    if not placed.operation.shared:
        return operate
    model = placed.operation.query
    return shared(*(model.model_fields if model else ()), *(reading.PAGING if placed.operation.paged else ()), strict=True)(operate)


def _answer(placed: Placed, path: Mapping[str, Any]) -> Response:
    request.max_content_length = reading.MOST_BYTES
    operation = placed.operation
    if not placed.owner.core:
        refuse_resting(host(), placed.owner.name)
    actor, bearer = _who(operation)
    query, limit, after = reading.query(request, operation)
    body = reading.body(request, operation.body) if operation.body else None
    call = ApiCall(actor, clock.now(), path, query, body, limit, after, bearer)
    if operation.method == "GET":
        return _read(operation, call)
    never_cache()
    key = request.headers.get(repeating.HEADER, "")
    if key and bearer and operation.method == "POST" and operation.repeatable:
        return _once(placed, call, key, bearer)
    return _write(placed, call)


def _who(operation: ApiOperation) -> tuple[Actor, ApiBearer | None]:
    """Return who asks. Raises Unauthorised without a token that holds, NotAllowed without the scope."""
    if operation.scope is None:
        return READER, None
    never_cache()
    bearer: ApiBearer | None = g.get("bearer")
    if bearer is None:
        if "Authorization" in request.headers:
            raise Unauthorised(_("令牌无效：写错了、过期了，或已被收回。请重新登录取一个。"), code="token-invalid")
        raise Unauthorised(_("这里要带令牌：Authorization: Bearer uh_…"))
    if operation.scope and operation.scope not in bearer.scopes:
        raise NotAllowed(_("这个令牌没有“%(scope)s”这项授权。请换一个带它的令牌。", scope=operation.scope), code="scope-needed")
    return current_actor(), bearer


def _read(operation: ApiOperation, call: ApiCall) -> Response:
    text, links = _text(operation, operation.handler(call))
    etag, response = _etag(text), Response(text, mimetype=JSON)
    known = parse_etags(request.headers.get("If-None-Match"))
    if known.star_tag or known.contains_weak(etag):
        response = Response(status=304)
    response.set_etag(etag)
    if links:
        response.headers["Link"] = links
    if operation.scope is None:
        seconds = PUBLIC_SECONDS if operation.shared else 0
        response.headers["Cache-Control"] = f"public, max-age={seconds}" if seconds else "no-cache"
    return response


def _once(placed: Placed, call: ApiCall, header: str, bearer: ApiBearer) -> Response:
    route = placed.operation.name
    key = repeating.key_of(header, account_id=bearer.account_id, route=route)
    sent = repeating.request_hash(request.full_path.encode(), request.get_data())
    kept = repeating.begin(key, account_id=bearer.account_id, route=route, request=sent, now=call.now)
    if kept is not None:
        response = Response(kept.body or None, kept.status, mimetype=JSON)
        response.headers["Idempotency-Replayed"] = "true"
        return response
    response = _write(placed, call)
    repeating.finish(key, status=response.status_code, body=response.get_data(as_text=True))
    return response


def _write(placed: Placed, call: ApiCall) -> Response:
    operation = placed.operation
    if operation.if_match:
        _judge_state(placed, call)
    answer = operation.handler(call)
    if answer is None:
        return Response(status=204)
    text, _links = _text(operation, answer)
    response = Response(text, operation.status, mimetype=JSON)
    if operation.if_match:
        response.set_etag(_etag(text))
    return response


def _judge_state(placed: Placed, call: ApiCall) -> None:
    """Refuse a write by somebody who knows another state than the present one; writers of one thing come one by one."""
    header = request.headers.get("If-Match", "")
    twin = table().twin(placed)
    if twin is None or (not header and placed.operation.if_match == "taken"):
        return
    if not header:
        raise StateNeeded(_("请带 If-Match 头：先读一次，把 ETag 原样带回来，这样不会盖掉别人的修改。"))
    if db.engine().dialect.name == "postgresql":
        place = hashlib.sha256(request.path.encode()).digest()
        db.session().execute(select(func.pg_advisory_xact_lock(int.from_bytes(place[:8], "big", signed=True))))
    text, _links = _text(twin.operation, twin.operation.handler(call))
    known = parse_etags(header)
    if not known.star_tag and not known.contains(_etag(text)):
        raise Stale(_("这里的内容已经变了。请重新读一次，再改。"))


def _text(operation: ApiOperation, answer: BaseModel | ApiPage | None) -> tuple[str, str]:
    """Return the answer as JSON, and the Link header of a page that another one follows."""
    if not isinstance(answer, ApiPage):
        return (answer.model_dump_json() if answer is not None else "null"), ""
    following = "null"
    links = ""
    if answer.end is not None:
        given = {name: value for name, value in request.args.items() if name != "after"}
        mark = reading.cursor(operation, given, answer.end)
        following = f'"{mark}"'
        links = f'<{absolute(request.path)}?{urlencode(given | {"after": mark})}>; rel="next"'
    items = ",".join(item.model_dump_json() for item in answer.items)
    return f'{{"items":[{items}],"next":{following}}}', links


def _etag(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
