"""Catalogues: extract every message from a package and bring its `translations/<locale>.po` up to date.

`python -m unionhall.testing.catalogues` does it for the core and for the plugins and themes that lie beside it in a checkout;
`python -m unionhall.testing.catalogues FOLDER…` for the packages in those folders, a third party's for example. What a plugin
says in the core's words begins with the core's translation.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

import unionhall

HOME = Path(unionhall.__file__).parent
KEYWORDS = {"_": None, "_l": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)}
METHODS = [("**/frontend/**", "ignore"), ("**/demo_data/**", "ignore"), ("**.py", "python"), ("**/templates/**.html", "jinja2"),
           ("**/templates/**.xml", "jinja2"), ("**/templates/**.txt", "jinja2")]
OPTIONS = {"**/templates/**.html": {"trimmed": "false", "silent": "false", "newstyle_gettext": "true"}}


def extract(folder: Path) -> Catalog:
    """Return every message that a package's code and templates ask gettext for."""
    found = Catalog()
    for filename, _line, message, _comments, _context in sorted(_rows(folder), key=lambda row: (row[0], row[1])):
        found.add(message, locations=[(filename, 0)])
    return found


def _rows(folder: Path) -> Iterator[Any]:
    yield from extract_from_dir(str(folder), METHODS, OPTIONS, keywords=KEYWORDS)


def read(path: Path, locale: str) -> Catalog:
    """Return the catalogue in a file; an empty one when there is none yet."""
    if not path.exists():
        return Catalog(locale=locale)
    with path.open("rb") as source:
        return read_po(source, locale=locale)


def update(folder: Path, locale: str) -> list[str]:
    """Add what is new, drop what is gone, keep what is translated; returns the messages still without a translation."""
    path = folder / "translations" / f"{locale}.po"
    kept, common, fresh = read(path, locale), read(HOME / "translations" / f"{locale}.po", locale), _empty(locale)
    for message in _messages(extract(folder)):
        known = kept.get(message.id) or common.get(message.id)
        fresh.add(message.id, _words(message, known) if known and not known.fuzzy else None, flags=message.flags)
    path.parent.mkdir(exist_ok=True)
    with path.open("wb") as target:
        write_po(target, fresh, omit_header=False, no_location=True, sort_output=True, width=0, include_previous=False)
    return missing(fresh)


def _words(message: Message, known: Message) -> str | tuple[str, ...] | None:
    """Return a known translation in the form that the message has now: it may have got a plural, or lost it."""
    if isinstance(message.id, (list, tuple)) and isinstance(known.string, str):
        return (known.string, known.string)
    if isinstance(message.id, str) and isinstance(known.string, (list, tuple)):
        return str(known.string[0])
    return known.string if isinstance(known.string, str) or known.string is None else tuple(known.string)


def _empty(locale: str) -> Catalog:
    """Return a catalogue whose header never changes by itself, so that diffs show only words."""
    day = datetime(2026, 1, 1, tzinfo=UTC)
    return Catalog(
        locale=locale, project="UnionHall", version="1", charset="utf-8", fuzzy=False, creation_date=day, revision_date=day,
        header_comment="# UnionHall", last_translator="UnionHall", language_team=locale, msgid_bugs_address="UnionHall",
    )


def missing(catalogue: Catalog) -> list[str]:
    """Return the messages without a translation, or with one that is only half there."""
    return [_first(message) for message in _messages(catalogue) if not _complete(message)]


def _messages(catalogue: Catalog) -> Iterator[Message]:
    return (message for message in catalogue if message.id)


def _first(message: Message) -> str:
    return str(message.id[0] if isinstance(message.id, (list, tuple)) else message.id)


def _complete(message: Message) -> bool:
    strings = message.string if isinstance(message.string, (list, tuple)) else [message.string]
    return not message.fuzzy and all(strings)


def packages() -> list[Path]:
    """Return the core's folder, and those of the plugins and themes beside it in a checkout that have something to say."""
    beside = (path.parent for top in ("plugins", "themes") for path in (HOME.parents[1] / top).glob("unionhall_*/__init__.py"))
    return [HOME, *(folder for folder in sorted(beside) if next(_rows(folder), None))]


def locales(folder: Path) -> list[str]:
    """Return the locales that a package is translated into; English when there is none yet."""
    return sorted(path.stem for path in (folder / "translations").glob("*.po")) or ["en"]


def main(folders: Sequence[str]) -> int:
    """Update the catalogues of the packages in these folders, of `packages()` without any; 1 when words are missing."""
    left = 0
    for folder in [Path(name).resolve() for name in folders] or packages():
        if not (folder / "__init__.py").exists():
            sys.stdout.write(f"{folder}: not a package\n")
            return 2
        for locale in locales(folder):
            for text in update(folder, locale):
                sys.stdout.write(f"{folder.name} {locale}: {text}\n")
                left += 1
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
