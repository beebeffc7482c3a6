"""How a reader wants to see the site: colours, type size, language. Kept in cookies of the browser, known to no account."""

from __future__ import annotations

from unionhall.base.i18n import LANGUAGE_COOKIE
from unionhall.host.looks import SURFACE_COOKIE

THEMES = ("light", "dark", "auto")
MODES = ("standard", "elder")
SURFACES = ("kiosk",)
THEME_COOKIE, MODE_COOKIE = "uh_theme", "uh_mode"


def cookies(languages: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Return the cookies that a page for everybody may depend on, with the values they may have."""
    return {THEME_COOKIE: THEMES, MODE_COOKIE: MODES, LANGUAGE_COOKIE: languages, SURFACE_COOKIE: SURFACES}
