"""The OpenAPI document, and the page that people read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from unionhall.base.errors import RuleBroken
from unionhall.hooks.types import PageView
from unionhall.host.assets import absolute
from unionhall.platform.pagecache import shared
from unionhall.rest import document, table

bp = Blueprint("rest", __name__)


@bp.get("/api/v1/openapi.json")
@shared(strict=True)
def openapi() -> ResponseReturnValue:
    """Return the OpenAPI document in the caller's language."""
    if request.args:
        raise RuleBroken(code="invalid")
    text = json.dumps(document.build(), ensure_ascii=False)
    response = Response(text, mimetype="application/json")
    response.add_etag()
    response.headers["Cache-Control"] = "public, max-age=60"
    return response.make_conditional(request)


@bp.get("/api/docs")
@shared()
def docs() -> ResponseReturnValue:
    """Show every operation with its values, answers, refusals and an example."""
    made = document.build()
    groups: list[dict[str, Any]] = [{"name": tag["name"], "label": tag["description"], "operations": []} for tag in made["tags"]]
    by_name = {group["name"]: group for group in groups}
    for path, methods in made["paths"].items():
        for method, operation in methods.items():
            by_name[operation["tags"][0]]["operations"].append(_shown(made, path, method.upper(), operation))
    return render_template(
        "rest/docs.html", groups=groups, types=_types(made), scopes=table.scopes(), refusals=document.refusals(),
        document=absolute("/api/v1/openapi.json"), root=absolute(table.ROOT), page_view=PageView("rest.docs"),
    )  # fmt: skip


def _shown(made: dict[str, Any], path: str, method: str, operation: dict[str, Any]) -> dict[str, Any]:
    """Return one operation as the page shows it."""
    answers = operation["responses"]
    good = next(status for status in answers if status.startswith("2"))
    content = answers[good].get("content", {}).get("application/json", {}).get("schema")
    paged = bool(content) and "items" in content.get("properties", {})
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    security = operation["security"]
    return {
        "id": operation["operationId"], "method": method, "path": path, "summary": operation["summary"],
        "description": operation.get("description", ""), "public": not security,
        "scope": security[0]["bearer"][0] if security and security[0]["bearer"] else "",
        "parameters": [item | {"kind": _kind(made, item["schema"])} for item in operation["parameters"]],
        "body": _fields(made, body), "answer": _fields(made, content["properties"]["items"]["items"] if paged else content),
        "paged": paged, "status": good, "refusals": [int(status) for status in answers if status[0] in "45"],
        "curl": _curl(made, path, method, operation, body),
    }  # fmt: skip


def _types(made: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what stands inside other objects, in alphabetical order: its fields, or its values."""
    schemas = made["components"]["schemas"]
    inside = {name for schema in schemas.values() for name in _named(schema.get("properties", {}))} - {"ApiErrorInfo", "ApiProblem"}
    return [
        {"name": name, "fields": _fields(made, schemas[name]), "choices": schemas[name].get("enum", ())} for name in sorted(inside)
    ]


def _named(part: Any) -> Iterator[str]:
    """Return the names of the schemas that a schema refers to."""
    if isinstance(part, dict):
        if isinstance(name := part.get("$ref"), str):
            yield name.removeprefix(document.REF)
        for value in part.values():
            yield from _named(value)
    elif isinstance(part, list):
        for value in part:
            yield from _named(value)


def _resolved(made: dict[str, Any], schema: dict[str, Any] | None) -> dict[str, Any]:
    name = (schema or {}).get("$ref", "").removeprefix(document.REF)
    found: dict[str, Any] = made["components"]["schemas"][name] if name else schema or {}
    return found


def _fields(made: dict[str, Any], schema: dict[str, Any] | None) -> list[dict[str, Any]]:
    """Return the fields of an object, one level deep."""
    whole = _resolved(made, schema)
    needed = whole.get("required", ())
    return [
        {"name": name, "kind": _kind(made, part), "description": part.get("description", ""), "needed": name in needed}
        for name, part in whole.get("properties", {}).items()
    ]


def _kind(made: dict[str, Any], part: dict[str, Any]) -> str:
    """Return a schema's type as people write it: "string", "integer | null", "Picture[]"."""
    if "anyOf" in part:
        return " | ".join(_kind(made, item) for item in part["anyOf"])
    if "$ref" in part:
        return str(part["$ref"]).removeprefix(document.REF)
    if "enum" in part:
        return " | ".join(map(str, part["enum"]))
    if part.get("type") == "array":
        return _kind(made, part["items"]) + "[]"
    return str(part.get("format") or part.get("type") or part.get("const") or "object")


def _curl(made: dict[str, Any], path: str, method: str, operation: dict[str, Any], body: dict[str, Any] | None) -> str:
    """Return the request as a command that can be copied."""
    for item in operation["parameters"]:
        if item["in"] == "path":
            path = path.replace("{" + item["name"] + "}", "17" if item["schema"]["type"] == "integer" else "NAME")
    needed = {item["name"]: _sample(item["schema"]) for item in operation["parameters"] if item["in"] == "query" and item.get("required")}
    lines = [f"curl '{absolute(path)}{'?' + urlencode(needed) if needed else ''}'"]
    if method != "GET":
        lines.append(f"-X {method}")
    if operation["security"]:
        lines.append("-H 'Authorization: Bearer uh_…'")
    lines += [f"-H '{item['name']}: \"…\"'" for item in operation["parameters"] if item["in"] == "header" and item["required"]]
    if body:
        filled = _resolved(made, body)
        sample = {name: _sample(part) for name, part in filled.get("properties", {}).items() if name in filled.get("required", ())}
        lines += ["-H 'Content-Type: application/json'", f"-d '{json.dumps(sample, ensure_ascii=False)}'"]
    return " \\\n  ".join(lines)


def _sample(part: dict[str, Any]) -> Any:
    if part.get("examples"):
        return part["examples"][0]
    return {"integer": 1, "array": [], "boolean": True}.get(part.get("type", ""), "…")
