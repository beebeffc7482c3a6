"""Languages. Source strings are Chinese, so zh_CN is complete by construction; other languages are catalogues.

Catalogues are `translations/<locale>.po` beside each feature, plugin and theme, merged in that order and read
directly: there is no compiled file to forget.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from pathlib import Path

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, g, has_request_context, request
from flask_babel import Babel, Domain, get_locale

from unionhall.base import clock

LANGUAGE_COOKIE = "uh_lang"
DEFAULT = "zh_CN"


class _Catalogues(Domain):
    """Every folder's catalogue for one locale, merged once and kept."""

    def __init__(self, folders: Callable[[], Iterable[Path]]) -> None:
        super().__init__()
        self._folders = folders
        self._merged: dict[Locale | None, NullTranslations] = {}

    def get_translations(self) -> NullTranslations:
        locale = get_locale()
        found = self._merged.get(locale)
        if found is None:
            found = self._merged[locale] = self._merge(str(locale or DEFAULT))
        return found

    def _merge(self, locale: str) -> NullTranslations:
        merged = Translations()
        for folder in self._folders():
            path = folder / f"{locale}.po"
            if path.exists():
                merged.merge(_read(path, locale))
        return merged


class _Babel(Babel):
    def __init__(self, catalogues: _Catalogues) -> None:
        super().__init__()
        self._catalogues = catalogues

    @property
    def domain_instance(self) -> _Catalogues:
        return self._catalogues


def _read(path: Path, locale: str) -> Translations:
    with path.open("rb") as source:
        catalogue = read_po(source, locale=locale)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)


def init(app: Flask, languages: tuple[str, ...], folders: Callable[[], Iterable[Path]]) -> None:
    """Choose each reader's language (cookie, then the site's default) and load the merged catalogues."""

    known = {name: Locale.parse(name) for name in languages}  # parsing one costs more than half of what a query does

    def choose() -> Locale:
        if not has_request_context():
            return known[languages[0]]
        asked = g.get("language") or request.args.get("lang") or request.cookies.get(LANGUAGE_COOKIE)
        return known[asked] if asked in known else known[languages[0]]

    _Babel(_Catalogues(folders)).init_app(
        app, default_locale=languages[0], default_timezone=str(clock.SHANGHAI),
        locale_selector=choose,  # type: ignore[arg-type]  # a Locale is passed through as it is
    )


def html_lang() -> str:
    """Return the BCP 47 tag of the page's language, for `<html lang>`."""
    return str(get_locale() or DEFAULT).replace("_", "-")
