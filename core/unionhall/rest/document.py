"""The OpenAPI 3.1 document, made from the operations that are switched on, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from unionhall.base.crypto import config
from unionhall.hooks.api import LARGEST_ID, ApiModel, ApiOperation
from unionhall.rest import reading
from unionhall.rest.table import LONGEST_SEGMENT, Placed, scopes, table

VERSION = "1.0.0"
Schema = dict[str, Any]
REF = "#/components/schemas/"


class ApiProblem(ApiModel):
    """One place in the request that does not fit."""

    field: str
    message: str
    code: str


class ApiErrorInfo(ApiModel):
    """`code` is for programs and stays, `message` for people; `reference` finds the request in the log."""

    code: str
    message: str
    reference: str
    field: str = ""
    pending: str = ""
    problems: list[ApiProblem] = []


class ApiError(ApiModel):
    """Every refusal has this form."""

    error: ApiErrorInfo


def build() -> Schema:
    """Return the document."""
    placed = list(table().live())
    schemas = _Schemas(placed)
    paths: dict[str, Schema] = {}
    for item in placed:
        paths.setdefault(item.path, {})[item.operation.method.lower()] = _operation(item, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "UnionHall API", "version": VERSION, "description": _("新闻、活动、报名和会员自己的资料。说明见 /api/docs。")},
        "servers": [{"url": config().site_url.rstrip("/")}],
        "tags": [{"name": name, "description": label} for name, label in _tags(placed).items()],
        "paths": paths,
        "components": {
            "schemas": schemas.components,
            "responses": {str(status): _refusal(status, text) for status, text in refusals().items()},
            "headers": {"ETag": {"schema": {"type": "string"}, "description": _("内容的标记，用于 If-None-Match 和 If-Match")}},
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "description": _bearer()}},
        },
    }  # fmt: skip


def _tags(placed: Iterable[Placed]) -> dict[str, str]:
    return {item.resource.name: str(item.resource.label) for item in placed}


def _bearer() -> str:
    lines = (f"- `{scope.name}`: {scope.label}" for scope in scopes())
    return _("在“我的 › 接口令牌”取令牌，或用 POST /api/v1/session 登录取得。授权范围：") + "\n" + "\n".join(lines)


def refusals() -> dict[int, str]:
    """Return what each status of a refusal means."""
    return {
        400: _("请求看不懂"), 401: _("没有令牌，或令牌无效"), 403: _("令牌没有所需的授权"), 404: _("没有这样东西，或不是你的"),
        409: _("和别人的操作冲突，没有保存"), 410: _("已经撤下"), 412: _("内容已经变了，请重新读取"), 413: _("内容超过 256 KB"),
        415: _("只接受 application/json"), 422: _("有的值不合要求，或规则不允许"), 428: _("要带 If-Match"),
        429: _("太频繁，见 Retry-After"), 503: _("服务暂时用不了"),
    }  # fmt: skip


def _refusal(status: int, text: str) -> Schema:
    shown: Schema = {"description": text, "content": {"application/json": {"schema": {"$ref": REF + "ApiError"}}}}
    if status in {429, 503}:
        shown["headers"] = {"Retry-After": {"schema": {"type": "integer"}, "description": _("要等的秒数")}}
    return shown


class _Schemas:
    """The models of all operations as JSON schemas; queries are taken apart into parameters."""

    def __init__(self, placed: Iterable[Placed]) -> None:
        wanted: dict[tuple[type[BaseModel], Any], None] = {(ApiError, "serialization"): None}
        for item in placed:
            operation = item.operation
            wanted |= {(model, "validation"): None for model in (operation.query, operation.body) if model}
            wanted |= {(model, "serialization"): None for model in (operation.answer,) if model}
        keys, whole = models_json_schema(list(wanted), ref_template=REF + "{model}")
        self._keys = keys
        self.components: dict[str, Schema] = whole["$defs"]
        self._queries: dict[type[BaseModel], Schema] = {}
        for model in {item.operation.query for item in placed if item.operation.query}:
            name = keys[(model, "validation")]["$ref"].removeprefix(REF)
            self._queries[model] = self.components.pop(name)

    def of(self, model: type[BaseModel], mode: Any) -> Schema:
        """Return the reference to a model's schema."""
        return self._keys[(model, mode)]

    def query(self, model: type[BaseModel]) -> list[Schema]:
        """Return a query model's fields as parameters."""
        schema = self._queries[model]
        needed = schema.get("required", ())
        return [
            {"name": name, "in": "query", "required": name in needed, "schema": _plain(part), "description": part.get("description", "")}
            for name, part in schema.get("properties", {}).items()
        ]


def _plain(part: Schema) -> Schema:
    """Return a field's schema as a parameter has it: what may be left out is not null in an address."""
    kinds = [kind for kind in part.get("anyOf", ()) if kind.get("type") != "null"]
    return kinds[0] if len(kinds) == 1 else {key: value for key, value in part.items() if key not in {"title", "default", "description"}}


def _operation(placed: Placed, schemas: _Schemas) -> Schema:
    operation = placed.operation
    made: Schema = {
        "operationId": operation.name, "tags": [placed.resource.name], "summary": str(operation.summary),
        "parameters": _parameters(placed, schemas), "responses": _responses(placed, schemas),
        "security": [] if operation.scope is None else [{"bearer": [operation.scope] if operation.scope else []}],
    }  # fmt: skip
    if operation.description:
        made["description"] = str(operation.description)
    if operation.body:
        schema = schemas.of(operation.body, "validation")
        made["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    return made


def _parameters(placed: Placed, schemas: _Schemas) -> list[Schema]:
    operation = placed.operation
    found: list[Schema] = []
    for name, number in placed.parameters:
        text: Schema = {"type": "string", "minLength": 1, "maxLength": LONGEST_SEGMENT}
        whole: Schema = {"type": "integer", "minimum": 1, "maximum": LARGEST_ID}
        found.append({"name": name, "in": "path", "required": True, "schema": whole if number else text})
    found += schemas.query(operation.query) if operation.query else []
    if operation.paged:
        usual = min(reading.USUAL, operation.most)
        limit = {"type": "integer", "minimum": 1, "maximum": operation.most, "default": usual}
        found.append({"name": "limit", "in": "query", "schema": limit, "description": _("一页最多几条")})
        found.append({"name": "after", "in": "query", "schema": {"type": "string"}, "description": _("上一页回答里的 next")})
    if operation.method == "GET":
        found.append(_header("If-None-Match", _("手里内容的 ETag；没变就回答 304")))
    if operation.if_match:
        found.append(_header("If-Match", _("读到的 ETag；内容已变就回答 412"), required=operation.if_match == "needed"))
    if operation.method == "POST" and operation.repeatable and operation.scope is not None:
        key = {"type": "string", "minLength": 8, "maxLength": 255, "pattern": "^[!#-~]+$"}
        found.append(_header("Idempotency-Key", _("重发时带同一个值：只做一次，回答也一样")) | {"schema": key})
    return found


def _header(name: str, description: str, *, required: bool = False) -> Schema:
    return {"name": name, "in": "header", "required": required, "schema": {"type": "string"}, "description": description}


def _responses(placed: Placed, schemas: _Schemas) -> Schema:
    operation = placed.operation
    found: Schema = {}
    if operation.answer is None:
        found["204"] = {"description": _("做好了")}
    else:
        schema = schemas.of(operation.answer, "serialization")
        if operation.paged or operation.listed:
            mark = {"type": ["string", "null"], "description": _("下一页的 after；没有下一页时是 null")}
            items = {"type": "array", "items": schema}
            schema = {"type": "object", "required": ["items", "next"], "properties": {"items": items, "next": mark}}
        found[str(operation.status)] = {"description": _("回答"), "content": {"application/json": {"schema": schema}}}
        if operation.method == "GET":
            found["200"]["headers"] = {"ETag": {"$ref": "#/components/headers/ETag"}}
            found["304"] = {"description": _("没有变化")}
    for status in sorted(_refused(placed)):
        found[str(status)] = {"$ref": f"#/components/responses/{status}"}
        if codes := operation.errors.get(status):
            found[str(status)]["description"] = f"{refusals()[status]}: {', '.join(codes)}"
    return found


def _refused(placed: Placed) -> set[int]:
    """Return the statuses with which an operation may be refused."""
    operation: ApiOperation = placed.operation
    found = {400, 422, 429, 503, *operation.errors}
    if placed.parameters or not placed.owner.core:
        found.add(404)
    if operation.scope is not None:
        found |= {401, 403}
    if operation.body:
        found |= {413, 415}
    if operation.if_match:
        found |= {412} | ({428} if operation.if_match == "needed" else set())
    if operation.method == "POST" and operation.repeatable and operation.scope is not None:
        found.add(409)
    return found
