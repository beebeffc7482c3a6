"""docs/public-api.md: every name of `unionhall.plugin` with one line, written from the code.

`python -m unionhall.testing.reference` writes it in a checkout; a test says when it is behind.
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import unionhall
from unionhall import plugin

PAGE = Path(unionhall.__file__).parents[2] / "docs" / "public-api.md"
HEADINGS = {
    "hooks": "What hooks take and give", "base": "Basics", "platform": "Rights, pages, events, search", "host": "The site",
    "desk": "Forms and lists of the desk", "system": "Settings", "settings": "Settings", "media": "Pictures and documents",
    "accounts": "Accounts", "orgs": "Orgs", "members": "Members", "notices": "Notices", "signups": "Sign-ups", "campaigns": "Campaigns",
    "exports": "Exports", "reports": "Reports", "news": "News", "site": "The public site",
}  # fmt: skip
CONSTANTS = {
    "ANY_TOKEN": "The scope of an API operation that any token may ask for.",
    "ApiId": "The type of an id in API models: a whole number from 1 that fits a column.",
    "ApiMoment": "The type of a moment in API models: with its time zone, within reach of calendars.",
    "Area": "The name of a menu: main, tabbar, footer, desk, create or my.",
    "Cell": "What a cell of an exported list may hold.",
    "READER": "The actor that a stranger is.",
    "STAFF": "Every role of the core.",
    "SYSTEM": "The actor of jobs, imports and commands; it may do everything.",
    "clock": "The time: `now()`, `local(moment)`, `local_day(moment)`, `first_moment(day)`, `from_local(moment)`.",
    "hookimpl": "The marker of a hook's implementation.",
}
TOP = """# The public API
Every name that a plugin may import, all of them from `unionhall.plugin`. This page is
written by `python -m unionhall.testing.reference`; how things are used stands in [plugin-authors.md](plugin-authors.md) and
[hooks.md](hooks.md), fixtures for tests in [testing.md](testing.md).

## The promise
A name, a hook or an argument of one leaves only after a release in which using it warns: with a `UnionHallDeprecation`,
a `DeprecationWarning` that says what to use instead and names the release without it. Make warnings errors in your
tests (`filterwarnings = error`), and you hear of it while everything still works. What comes anew (names, hooks,
arguments, fields with a default) may come with any release. Whatever is not on this page, templates' macros and blocks
apart that the pages of your own plugin extend, may change at any time.
"""


def groups() -> dict[str, list[str]]:
    """Return {heading: public names}, by the part of the core that each name comes from."""
    tree = ast.parse(Path(plugin.__file__ or "").read_text("utf-8"))
    found: dict[str, list[str]] = {}
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("unionhall."):
            part = (node.module or "").split(".")[1]
            names = [item.asname or item.name for item in node.names]
            public = [name for name in names if name in plugin.__all__]
            if public:
                found.setdefault(HEADINGS.get(part, part.capitalize()), []).extend(public)
    return {heading: sorted(found[heading], key=str.lower) for heading in dict.fromkeys(HEADINGS.values()) if heading in found} | {
        heading: sorted(names) for heading, names in found.items() if heading not in HEADINGS.values()
    }


def line(name: str) -> str:
    """Return the first sentence of what a name is."""
    if name in CONSTANTS:
        return CONSTANTS[name]
    text = " ".join((inspect.getdoc(getattr(plugin, name)) or "").split("\n\n")[0].split())
    return re.sub(r"(?<=[^.]\.)\s+[A-Z].*$", "", text).replace("|", "\\|")


def signature(name: str) -> str:
    """Return a name as it is called: a function with its arguments, anything else bare."""
    value = getattr(plugin, name)
    if not inspect.isfunction(value):
        return name
    return f"{name}({', '.join(_arguments(value))})"


def _arguments(function: object) -> Iterator[str]:
    starred = False
    for parameter in inspect.signature(function).parameters.values():  # type: ignore[arg-type]
        if parameter.kind is parameter.KEYWORD_ONLY and not starred:
            starred = True
            yield "*"
        starred = starred or parameter.kind is parameter.VAR_POSITIONAL
        front = "*" * (parameter.kind is parameter.VAR_POSITIONAL) + "**" * (parameter.kind is parameter.VAR_KEYWORD)
        yield front + parameter.name + ("=…" if parameter.default is not parameter.empty else "")


def page() -> str:
    """Return the page as it should be now."""
    parts = [TOP]
    for heading, names in groups().items():
        rows = "\n".join(f"| `{signature(name)}` | {line(name)} |" for name in names)
        parts.append(f"## {heading}\n| name | what it is |\n| --- | --- |\n{rows}\n")
    return "\n".join(parts)


def main() -> int:
    """Write the page; 1 when a name says nothing of itself."""
    PAGE.write_text(page(), "utf-8")
    silent = [name for name in plugin.__all__ if not line(name)]
    sys.stdout.write("".join(f"{name}: write a docstring\n" for name in silent))
    return 1 if silent else 0


if __name__ == "__main__":
    sys.exit(main())
