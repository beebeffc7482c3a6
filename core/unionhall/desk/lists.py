"""List helpers: page numbers, sort links and filter addresses, kept in the query string."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import request, url_for


@dataclass(frozen=True)
class Pager:
    """Which page of how many; `links` are page numbers, None where some are left out."""

    number: int
    total: int
    size: int

    @property
    def pages(self) -> int:
        """Return how many pages there are, at least one."""
        return max(1, -(-self.total // self.size))

    @property
    def links(self) -> list[int | None]:
        """Return first, last and the neighbours of this page, gaps as None."""
        wanted = {1, 2, self.pages, self.number - 1, self.number, self.number + 1} & set(range(1, self.pages + 1))
        found: list[int | None] = []
        for page in sorted(wanted):
            if found and found[-1] is not None and page - found[-1] > 1:
                found.append(None)
            found.append(page)
        return found


def page_number() -> int:
    """Return `?page=`, 1 for anything that is no number from 1 to 100,000."""
    asked = request.args.get("page", "1")
    return int(asked) if asked.isdecimal() and len(asked) <= 6 and 1 <= int(asked) <= 100_000 else 1


def here(**changes: str | int | None) -> str:
    """Return this page's address with some query values changed (None removes one)."""
    values = {**request.args.to_dict(), **(request.view_args or {})}
    values.update({name: value for name, value in changes.items() if value is not None})
    for name, value in changes.items():
        if value is None:
            values.pop(name, None)
    return url_for(request.endpoint or "desk_desk.dashboard", **values)


def export_url(source: str, filters: Mapping[str, str] | None = None) -> str:
    """Return where a list is exported: `source` names an ExportSource, `filters` are what the list is narrowed to now."""
    return "/desk/exports/new?" + urlencode({"source": source, **{name: value for name, value in (filters or {}).items() if value}})
