"""What stands before a Markdown text: YAML between `---`, TOML between `+++`, or JSON, as Hexo and Hugo write it."""

from __future__ import annotations

import json
import re
import tomllib
from datetime import date, datetime
from typing import Any

import yaml

from unionhall.base import clock

_FENCED = re.compile(r"\A\ufeff?(---|\+\+\+)[ \t]*\n(.*?)^\1[ \t]*$\n?", re.DOTALL | re.MULTILINE)
_HEXO = re.compile(r"\A\ufeff?((?:[\w-]+:.*\n|[ \t]+.*\n|- .*\n)+)---[ \t]*\n")
LONGEST = 64 * 1024


class Unreadable(ValueError):
    """The front matter cannot be read; says where."""


def split(text: str) -> tuple[dict[str, Any], str, int]:
    """Return (values by lower-case name, the text below, the line it begins in). Raises Unreadable."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    fenced = _FENCED.match(text)
    if fenced:
        values = _toml(fenced[2]) if fenced[1] == "+++" else _yaml(fenced[2])
        return values, text[fenced.end() :], text[: fenced.end()].count("\n") + 1
    if text.lstrip("\ufeff").startswith("{"):
        return _json(text)
    hexo = _HEXO.match(text)
    if hexo:
        return _yaml(hexo[1]), text[hexo.end() :], text[: hexo.end()].count("\n") + 1
    return {}, text.lstrip("\ufeff"), 1


def _yaml(text: str) -> dict[str, Any]:
    if len(text) > LONGEST:
        raise Unreadable("too long")
    if re.search(r"(?m)[&*]\w+(?=[ \t]*$|[ \t]+[\[{])|<<:", text):
        raise Unreadable("anchors")  # a few lines of references can grow without end
    try:
        found = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError, TypeError) as error:
        raise Unreadable(" ".join(str(error).split())) from error
    return _named(found)


def _toml(text: str) -> dict[str, Any]:
    try:
        return _named(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        raise Unreadable(str(error)) from error


def _json(text: str) -> tuple[dict[str, Any], str, int]:
    try:
        found, end = json.JSONDecoder().raw_decode(text.lstrip("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise Unreadable(str(error)) from error
    rest = text.lstrip("\ufeff")[end:]
    return _named(found), rest.lstrip("\n"), text.count("\n") - rest.lstrip("\n").count("\n") + 1


def _named(found: Any) -> dict[str, Any]:
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise Unreadable("not a list of names and values")
    return {str(name).lower(): value for name, value in found.items()}


def texts(value: Any) -> tuple[str, ...]:
    """Return a value as words: "a, b", ["a", "b"], [["a", "b"]] and {"a": …} all name a and b."""
    if value is None:
        return ()
    if isinstance(value, str):
        return tuple(part for item in re.split(r"[,，、;；]", value) if (part := item.strip()))
    if isinstance(value, dict):
        return tuple(str(item.get("name") if isinstance(item, dict) else name) for name, item in value.items())
    if isinstance(value, list):
        return tuple(dict.fromkeys(word for item in value for word in texts(item.get("name") if isinstance(item, dict) else item)))
    return (str(value),)


def text(value: Any) -> str:
    """Return a single value as text, empty for none and for what is no text."""
    return "" if value is None or isinstance(value, (dict, list, bool)) else str(value).strip()


def moment(value: Any) -> datetime | None:
    """Return a date or time; one without a zone is Shanghai's. None for what is none."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip().replace("/", "-"))
        except ValueError:
            return None
    if isinstance(value, datetime):
        return value if value.tzinfo else clock.from_local(value)
    return clock.from_local(datetime.combine(value, datetime.min.time())) if isinstance(value, date) else None
