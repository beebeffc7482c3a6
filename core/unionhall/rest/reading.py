"""What a request brings: query, body and the position in a list; bounded, and refused with every problem named."""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Request
from flask_babel import gettext as _
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from unionhall.base.crypto import is_keyed_hash, keyed_hash
from unionhall.base.errors import BadRequest, InvalidInput, MediaType
from unionhall.hooks.api import ApiOperation

MOST_BYTES = 256 * 1024
DEEPEST = 16
LARGEST = 2**63 - 1
LONGEST_QUERY, USUAL = 2000, 20
PAGING = ("limit", "after")
CURSOR = "rest.cursor"
Problem = tuple[str, str, str]


def query(request: Request, operation: ApiOperation) -> tuple[Any, int, Sequence[Any] | None]:
    """Return (query model, limit, position to go on from). Raises InvalidInput naming every value that does not fit."""
    known = [*(operation.query.model_fields if operation.query else ()), *(PAGING if operation.paged else ())]
    problems: list[Problem] = []
    if len(request.query_string) > LONGEST_QUERY:
        raise BadRequest(_("地址里的参数太长。"))
    for name in request.args:
        if name not in known:
            problems.append((name[:60], _("没有这个参数。"), "unknown"))
        elif len(request.args.getlist(name)) > 1:
            problems.append((name, _("这个参数只能出现一次。"), "repeated"))
    given = {name: value for name, value in request.args.items() if name not in PAGING or not operation.paged}
    limit = _limit(request.args.get("limit"), operation, problems) if operation.paged else 0
    model = None
    if operation.query is not None and not problems:
        try:
            model = operation.query.model_validate(given)
        except ValidationError as error:
            problems += map(_problem, error.errors(include_url=False, include_input=False))
    if problems:
        raise _invalid(problems)
    cursor = request.args.get("after") if operation.paged else None
    return model, limit, _position(cursor, operation, given) if cursor is not None else None


def _limit(text: str | None, operation: ApiOperation, problems: list[Problem]) -> int:
    if text is None:
        return min(USUAL, operation.most)
    if not (text.isascii() and text.isdigit() and len(text) < 6 and 1 <= int(text) <= operation.most):
        problems.append(("limit", _("要填 1 到 %(most)d 的整数。", most=operation.most), "range"))
        return 0
    return int(text)


def cursor(operation: ApiOperation, given: Mapping[str, str], end: Sequence[Any]) -> str:
    """Return where a page ended, signed: it leads on in the same list with the same filters only. It does not expire."""
    body = base64.urlsafe_b64encode(json.dumps([_list(operation, given), *end], separators=(",", ":")).encode()).decode().rstrip("=")
    return f"{body}.{keyed_hash(CURSOR, body)}"


def _position(text: str, operation: ApiOperation, given: Mapping[str, str]) -> Sequence[Any]:
    body, _dot, mark = text.partition(".")
    if is_keyed_hash(CURSOR, body, mark):
        which, *end = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        if which == _list(operation, given):
            return list(end)
    raise _invalid([("after", _("这个翻页记号不属于这个列表。请从第一页重新开始。"), "cursor")])


def _list(operation: ApiOperation, given: Mapping[str, str]) -> str:
    filters = sorted((name, value) for name, value in given.items() if name not in PAGING)
    return keyed_hash(CURSOR, json.dumps([operation.name, filters]))[:16]


def body(request: Request, model: type[BaseModel]) -> Any:
    """Return the body as an instance of the model. Raises MediaType, BadRequest, InvalidInput; 413 from reading itself."""
    kind, options = request.mimetype, request.mimetype_params
    if kind != "application/json" or options.get("charset", "utf-8").lower() not in {"utf-8", "utf8"}:
        raise MediaType(_("请用 JSON 发送：Content-Type: application/json，UTF-8 编码。"))
    raw = request.get_data(cache=True)
    _check(_parsed(raw))
    try:
        return model.model_validate_json(raw, strict=True)
    except ValidationError as error:
        raise _invalid([_problem(item) for item in error.errors(include_url=False, include_input=False)]) from None


def _parsed(raw: bytes) -> Any:
    """Return the JSON value. Raises BadRequest for broken JSON, repeated names, NaN, infinities and numbers beyond 64 bits."""
    try:
        return json.loads(
            raw.decode("utf-8"), object_pairs_hook=_pairs, parse_constant=_constant, parse_int=_integer, parse_float=_float
        )
    except (ValueError, RecursionError) as error:
        why = str(error) if isinstance(error, _Bad) else _("发来的内容不是合格的 JSON。")
        raise BadRequest(why, code="malformed") from None


class _Bad(ValueError):
    """Something in the JSON that we do not take, in the words for the caller."""


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _Bad(_("JSON 对象里有重复的名称。"))
    return found


def _constant(_name: str) -> Any:
    raise _Bad(_("JSON 里不能有 NaN 和无穷大。"))


def _integer(text: str) -> int:
    if len(text) > 20 or abs(int(text)) > LARGEST:
        raise _Bad(_("JSON 里的整数超出了 64 位。"))
    return int(text)


def _float(text: str) -> float:
    if len(text) > 60 or not math.isfinite(found := float(text)):
        raise _Bad(_("JSON 里的数太大。"))
    return found


def _check(value: Any) -> None:
    """Refuse what is nested too deep, and text with NUL or halves of characters, which databases do not take."""
    waiting: list[tuple[Any, int]] = [(value, 1)]
    while waiting:
        item, depth = waiting.pop()
        if depth > DEEPEST:
            raise BadRequest(_("JSON 嵌套太深，最多 %(most)d 层。", most=DEEPEST), code="malformed")
        if isinstance(item, str) and ("\x00" in item or any("\ud800" <= mark <= "\udfff" for mark in item)):
            raise BadRequest(_("文字里有不能保存的字符。"), code="malformed")
        if isinstance(item, dict):
            waiting += [(part, depth + 1) for pair in item.items() for part in pair]
        elif isinstance(item, list):
            waiting += [(part, depth + 1) for part in item]


def _invalid(problems: Sequence[Problem]) -> InvalidInput:
    return InvalidInput(_("有 %(n)d 处不对，见 problems。", n=len(problems)), tuple(problems))


def _problem(error: ErrorDetails) -> Problem:
    """Return one of pydantic's findings in the caller's language."""
    kind, context = error["type"], error.get("ctx", {})
    field = ".".join(str(part) for part in error["loc"])[:200]
    sentences = {
        "missing": _("缺少这一项。"),
        "extra_forbidden": _("没有这一项。"),
        "string_too_long": _("最多 %(n)s 个字符。", n=context.get("max_length", "")),
        "string_too_short": _("至少 %(n)s 个字符。", n=context.get("min_length", "")),
        "too_long": _("最多 %(n)s 个。", n=context.get("max_length", "")),
        "too_short": _("至少 %(n)s 个。", n=context.get("min_length", "")),
        "greater_than_equal": _("不能小于 %(n)s。", n=context.get("ge", "")),
        "less_than_equal": _("不能大于 %(n)s。", n=context.get("le", "")),
        "literal_error": _("只能是 %(choices)s。", choices=context.get("expected", "")),
        "enum": _("只能是 %(choices)s。", choices=context.get("expected", "")),
        "value_error": _("这个值超出了范围。"),
    }
    return field, sentences.get(kind, _("类型或写法不对。")), {"missing": "missing", "extra_forbidden": "unknown"}.get(kind, "value")
