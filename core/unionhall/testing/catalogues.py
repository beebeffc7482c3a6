"""Catalogues: extract every message from a package and bring its `translations/<locale>.po` up to date.

`python -m unionhall.testing.catalogues` does it for the core; a plugin calls `update(folder, locale)`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

import unionhall

KEYWORDS = {"_": None, "_l": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)}
METHODS = [("**/frontend/**", "ignore"), ("**/demo_data/**", "ignore"), ("**.py", "python"), ("**/templates/**.html", "jinja2"),
           ("**/templates/**.xml", "jinja2"), ("**/templates/**.txt", "jinja2")]
OPTIONS = {"**/templates/**.html": {"trimmed": "false", "silent": "false", "newstyle_gettext": "true"}}


def extract(folder: Path) -> Catalog:
    """Return every message that a package's code and templates ask gettext for."""
    found = Catalog()
    rows = extract_from_dir(str(folder), METHODS, OPTIONS, keywords=KEYWORDS)
    for filename, _line, message, _comments, _context in sorted(rows, key=lambda row: (row[0], row[1])):
        found.add(message, locations=[(filename, 0)])
    return found


def read(path: Path, locale: str) -> Catalog:
    """Return the catalogue in a file; an empty one when there is none yet."""
    if not path.exists():
        return Catalog(locale=locale)
    with path.open("rb") as source:
        return read_po(source, locale=locale)


def update(folder: Path, locale: str) -> list[str]:
    """Add what is new, drop what is gone, keep what is translated; returns the messages still without a translation."""
    path = folder / "translations" / f"{locale}.po"
    kept, fresh = read(path, locale), _empty(locale)
    for message in _messages(extract(folder)):
        known = kept.get(message.id)
        fresh.add(message.id, known.string if known and not known.fuzzy else None, flags=message.flags)
    path.parent.mkdir(exist_ok=True)
    with path.open("wb") as target:
        write_po(target, fresh, omit_header=False, no_location=True, sort_output=True, width=0, include_previous=False)
    return missing(fresh)


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


def main() -> int:
    """Update the core's catalogues."""
    left = update(Path(unionhall.__file__).parent, "en")
    for text in left:
        sys.stdout.write(f"{text}\n")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
