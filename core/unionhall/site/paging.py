"""Page numbers in addresses, and the short row of numbers below a list."""

from __future__ import annotations

from flask import request, url_for

from unionhall.base.errors import NotFound

AROUND = 1


def page_number() -> int:
    """Return the page asked for in `?page=`. Raises NotFound for anything that is not a page."""
    asked = request.args.get("page", "1")
    if not asked.isascii() or not asked.isdigit() or not 1 <= int(asked[:9]) < 100_000:
        raise NotFound()
    return int(asked)


def page_links(number: int, pages: int) -> list[int | None]:
    """Return the page numbers to show; None stands for a gap."""
    wanted = sorted({1, pages, *range(max(1, number - AROUND), min(pages, number + AROUND) + 1)})
    shown: list[int | None] = []
    for before, item in zip([0, *wanted], wanted, strict=False):
        if item - before == 2:
            shown.append(item - 1)
        elif item - before > 2:
            shown.append(None)
        shown.append(item)
    return shown


def page_url(number: int) -> str:
    """Return this page's address with another page number, other query values kept."""
    kept = {name: value for name, value in request.args.items() if name not in {"page", "lang"}}
    if number > 1:
        kept["page"] = str(number)
    return url_for(request.endpoint or "site.home", **(request.view_args or {}) | kept)
