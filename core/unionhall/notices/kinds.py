"""The kinds of notices that features and plugins bring, and how their texts are filled in."""

from __future__ import annotations

import re
from collections.abc import Mapping

from flask import g, has_request_context

from unionhall.base.crypto import config
from unionhall.base.text import excerpt, tidy
from unionhall.hooks.people import NoticeKind
from unionhall.host.registry import collect

SUBJECT, VALUE, SMS_ONE, SMS_PART = 150, 2000, 70, 67
_PLACE = re.compile(r"\{(\w+)\}")
_BRACES = re.compile(r"\{([^{}]*)\}")


def every() -> dict[str, NoticeKind]:
    """Return the kinds that the core and the enabled plugins bring, by name."""
    if not has_request_context():
        return _collected()
    if "notice_kinds" not in g:
        g.notice_kinds = _collected()
    found: dict[str, NoticeKind] = g.notice_kinds
    return found


def _collected() -> dict[str, NoticeKind]:
    return {kind.name: kind for kind in collect("unionhall_notice_kinds")}


def main_locale() -> str:
    """Return the site's first language."""
    return config().languages[0]


def default_text(kind: NoticeKind, locale: str) -> tuple[str, str]:
    """Return the kind's own (subject, body) in a language, else in the site's first, else in any it has."""
    for wanted in (locale, main_locale()):
        if wanted in kind.texts:
            return kind.texts[wanted]
    return next(iter(kind.texts.values()), (str(kind.label), ""))


def kept_values(kind: NoticeKind, values: Mapping[str, str]) -> dict[str, str]:
    """Return the values that the kind's texts may name, as they are stored: no tricks, at most 2,000 characters each."""
    return {name: excerpt_lines(str(values.get(name, ""))) for name in kind.sample}


def excerpt_lines(text: str) -> str:
    """Return a value cut to what is kept, its line breaks with it."""
    clean = tidy(text, one_line=False)
    return clean if len(clean) <= VALUE else clean[: VALUE - 1] + "…"


def fill(text: str, values: Mapping[str, str]) -> str:
    """Replace `{name}` by its value; everything else in braces stays as it is, and values are not looked at again."""
    return _PLACE.sub(lambda found: values.get(found[1], found[0]), text)


def filled(subject: str, body: str, values: Mapping[str, str]) -> tuple[str, str]:
    """Return (subject, body) filled in: the subject one line of at most 150 characters."""
    return excerpt(fill(subject, values), SUBJECT), tidy(fill(body, values), one_line=False)


def unknown_places(kind: NoticeKind, text: str) -> list[str]:
    """Return what stands in braces and is no placeholder of the kind, "name.__class__" included."""
    return [name for name in dict.fromkeys(_BRACES.findall(text)) if name not in kind.sample]


def sms_parts(text: str) -> int:
    """Return as how many messages the operators bill a text: one up to 70 characters, then 67 each (UCS-2)."""
    length = len(text.encode("utf-16-le", "replace")) // 2
    return 1 if length <= SMS_ONE else -(-length // SMS_PART)
