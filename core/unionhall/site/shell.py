"""What every public page needs around its content: menus, the reader's display, its one true address."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache, partial
from typing import Any
from urllib.parse import urlencode

from babel import Locale
from flask import g, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from markupsafe import Markup, escape
from werkzeug.local import LocalProxy

from unionhall.base import clock
from unionhall.base.crypto import config
from unionhall.hooks.types import NavItem
from unionhall.host import looks
from unionhall.host.assets import absolute
from unionhall.host.registry import collect
from unionhall.platform.access import can, current_actor
from unionhall.platform.pagecache import remembered
from unionhall.site.display import MODE_COOKIE, THEME_COOKIE, THEMES
from unionhall.site.paging import page_links, page_url

HERE = "\ue000here\ue000"
LANGUAGE_NAMES = {"zh_CN": "简体中文", "en": "English"}
_JSON_ESCAPES = {ord(mark): f"\\u{ord(mark):04x}" for mark in "<>&'\u2028\u2029"}


def menu(area: str) -> list[NavItem]:
    """Return a menu's entries in order, asked for once in a request."""
    kept: dict[str, list[NavItem]] = g.setdefault("menus", {})
    if area not in kept:
        kept[area] = _menu(area) if current_actor().known else remembered(f"menu.{area}.{get_locale()}", partial(_menu, area))
    return kept[area]


def _menu(area: str) -> list[NavItem]:
    found = collect("unionhall_navigation", area=area, actor=current_actor())
    return sorted(found, key=lambda item: item.order)


def is_here(item: NavItem) -> bool:
    """Say whether a menu entry leads to this page or to a page above it."""
    return _leads_to(item.url, request.path)


def _leads_to(url: str, here: str) -> bool:
    path = url.partition("#")[0]
    return here == path or (path != "/" and here.startswith(path))


def corner_entry() -> NavItem:
    """Return where the corner of every page leads: staff to the desk, who else is logged in to their own page, all others to log in.

    One's own page says how much waits there, such as unread notices.
    """
    if not current_actor().known:
        return NavItem(_("登录"), url_for("accounts.login"), "user")
    if can(current_actor(), "desk.enter") and not surface():
        return NavItem(_("编务台"), url_for("desk_desk.dashboard"), "edit")
    waiting = sum(item.count for item in menu("my"))
    return NavItem(_("我的"), url_for("members.my"), "user", count=waiting, count_label=_("条待看"))


def grouped(items: list[NavItem]) -> list[tuple[str, list[NavItem]]]:
    """Return menu entries under their headings, in the order in which the headings come up."""
    groups: dict[str, list[NavItem]] = {}
    for item in items:
        groups.setdefault(str(item.group), []).append(item)
    return list(groups.items())


def theme_choice() -> str:
    """Return the colours the reader chose."""
    chosen = request.cookies.get(THEME_COOKIE, "")
    return chosen if chosen in THEMES else THEMES[0]


def is_elder() -> bool:
    """Say whether the reader chose the large-type version; where people only stand for a moment it is always on."""
    return request.cookies.get(MODE_COOKIE) == "elder" or bool(surface())


def surface() -> str:
    """Return what the page is shown on when that is no browser of one's own, such as "kiosk"."""
    return looks.current().surface


def language() -> str:
    """Return which of the site's languages this page is in."""
    now = get_locale()
    return next((item for item in config().languages if _locale(item) == now), config().languages[0])


@cache
def _locale(name: str) -> Locale:
    return Locale.parse(name)


def canonical(path: str = "", locale: str = "") -> str:
    """Return a page's one true address: configured host, no query but page, org and a language that is not the site's own."""
    kept = {} if path else {name: value for name in ("org", "page") if (value := request.args.get(name))}
    if kept.get("page") == "1":
        del kept["page"]
    locale = locale or language()
    if locale != config().languages[0]:
        kept["lang"] = locale
    return absolute(path or request.path) + ("?" + urlencode(kept) if kept else "")


def alternates(path: str = "") -> list[tuple[str, str]]:
    """Return (hreflang, address) of this page in every language of the site, the default last."""
    if len(config().languages) < 2:
        return []
    first, *others = config().languages
    own = canonical(path, first)
    asked = f"{own}{'&' if '?' in own else '?'}lang="
    found = [(first.replace("_", "-"), own), *((locale.replace("_", "-"), asked + locale) for locale in others)]
    return [*found, ("x-default", own)]


def other_languages() -> list[tuple[str, str]]:
    """Return (locale, its own name) of the languages this page is not in."""
    return [(item, LANGUAGE_NAMES.get(item, item)) for item in config().languages if item != language()]


def here() -> str:
    """Return this page's address to come back to, the language left to the cookie; in a fragment, a mark for it."""
    if g.get("fragment"):
        return HERE
    kept = urlencode([(name, value) for name, value in request.args.items(multi=True) if name != "lang"])
    return request.path + ("?" + kept if kept else "")


def fragment(name: str, caller: Callable[[], Markup]) -> Markup:
    """Return a part of the shell that is the same on every page, such as the footer; remembered for language and display.

    `{% call fragment('footer') %}…{% endcall %}` in a template. What tells one page from another (a slot that is given
    the page) does not belong in it, except `return_to()` and, with the menu entry in its name, the mark on that entry.
    """
    kept = _fragments()
    found = kept.get(name)
    if found is None:
        g.fragment = True
        try:
            found = kept[name] = caller()
        finally:
            g.fragment = False
    return Markup(found.replace(HERE, str(escape(here())))) if HERE in found else found


def _fragments() -> dict[str, Markup]:
    """Return what is remembered for this request's look, language and display; menus of who is logged in are their own."""
    kept: dict[str, Markup] | None = g.get("fragments")
    if kept is None:
        variant = f"fragments.{looks.current().name}.{get_locale()}.{theme_choice()}.{is_elder()}"
        kept = g.fragments = {} if current_actor().known else remembered(variant, dict)
    return kept


def standing(area: str) -> str:
    """Return the address of the menu entries that this page stands on or below; pages with the same one share a menu."""
    here = request.path
    return " ".join(item.url for item in menu(area) if _leads_to(item.url, here))


def json_ld(value: dict[str, Any]) -> Markup:
    """Return data for `<script type="application/ld+json">` that can neither end the element nor break a line."""
    return Markup(json.dumps(value, ensure_ascii=False).translate(_JSON_ESCAPES))


# Names in every template, macros included: globals cost nothing a page, a context processor and `with context` do.
GLOBALS: dict[str, Any] = {
    "menu": menu, "corner_entry": corner_entry, "is_here": is_here, "standing": standing, "grouped": grouped,
    "actor": LocalProxy(current_actor), "theme_choice": theme_choice,
    "is_elder": is_elder, "canonical": canonical, "alternates": alternates, "other_languages": other_languages,
    "return_to": here, "json_ld": json_ld, "absolute": absolute, "page_links": page_links, "fragment": fragment, "page_url": page_url,
    "today": clock.now, "surface": surface,
}  # fmt: skip
