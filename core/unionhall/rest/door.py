"""In front of the page cache: the API knows no cookies, speaks the language of Accept-Language, and answers allowed origins.

A shared answer is kept by language only. So what a request says of it goes into the one cookie that the cache knows, and
all others are taken away: no cookie can ever stand for a person here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from unionhall.base.i18n import LANGUAGE_COOKIE

ROOT = "/api/v1/"
VARY = "Accept-Language, Accept-Encoding, Origin"
METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE"
TAKEN = "Authorization, Content-Type, If-Match, If-None-Match, Idempotency-Key, Accept-Language, X-HTTP-Method-Override"
GIVEN = "ETag, Link, Retry-After, X-Request-ID, Idempotency-Replayed"
Environ = dict[str, Any]


class ApiDoor:
    """Wraps the application. `origins` may use the API from pages of theirs; cookies never come along."""

    def __init__(self, inner: Callable[..., Iterable[bytes]], languages: tuple[str, ...], origins: tuple[str, ...]) -> None:
        self._inner, self._origins = inner, frozenset(origins)
        self._tags = {language.replace("_", "-"): language for language in languages}
        self._first = languages[0]

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        """Pass everything else through as it is."""
        if not environ["PATH_INFO"].startswith(ROOT):
            return self._inner(environ, start_response)
        origin = self._allowed(environ.get("HTTP_ORIGIN", ""))
        asked = environ["REQUEST_METHOD"] == "OPTIONS" and "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in environ
        if asked and origin:
            start_response("204 No Content", [*_granted(origin), *_preflight()])
            return ()
        if environ["REQUEST_METHOD"] == "POST" and environ.get("HTTP_X_HTTP_METHOD_OVERRIDE", "").upper() == "PATCH":
            environ["REQUEST_METHOD"] = "PATCH"  # a mini-program's wx.request knows no PATCH
        environ.pop("HTTP_COOKIE", None)
        language = self._language(environ.get("HTTP_ACCEPT_LANGUAGE", ""))
        if language != self._first:
            environ["HTTP_COOKIE"] = f"{LANGUAGE_COOKIE}={language}"

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            kept = [item for item in headers if item[0].lower() not in {"vary", "set-cookie", "content-language"}]
            own = [("Vary", VARY), ("Content-Language", language.replace("_", "-")), *(_granted(origin) if origin else ())]
            return start_response(status, kept + own, *rest)

        return self._inner(environ, start)

    def _language(self, header: str) -> str:
        """Return the site's language that the caller reads best; `zh` and `zh-Hans` mean `zh_CN`."""
        if not header or len(header) > 300:
            return self._first
        for tag, quality in sorted(parse_accept_header(header, LanguageAccept), key=lambda item: -item[1]):
            front = str(tag).partition("-")[0].lower()
            if quality <= 0:
                continue
            for known, language in self._tags.items():
                if known.lower() == str(tag).lower() or known.partition("-")[0].lower() == front:
                    return language
        return self._first

    def _allowed(self, origin: str) -> str:
        if origin and origin in self._origins:
            return origin
        return "*" if origin and "*" in self._origins else ""


def _granted(origin: str) -> list[tuple[str, str]]:
    return [("Access-Control-Allow-Origin", origin), ("Access-Control-Expose-Headers", GIVEN)]


def _preflight() -> list[tuple[str, str]]:
    return [
        ("Access-Control-Allow-Methods", METHODS), ("Access-Control-Allow-Headers", TAKEN), ("Access-Control-Max-Age", "600"),
        ("Vary", VARY),
    ]  # fmt: skip
