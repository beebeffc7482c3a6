"""The stretch of a text that shows why it was found, with the words marked."""

from __future__ import annotations

import re
from itertools import islice

from markupsafe import Markup, escape

from unionhall.platform.search.asking import Query

LENGTH = 110
BEFORE = 24
READ = 20_000
MOST = 200


def terms(query: Query) -> re.Pattern[str] | None:
    """Return what is to be marked, longest first; None when nothing was asked for."""
    found: set[str] = set()
    for clause in query.clauses:
        found.add(clause.text)
        found.update(word for word in clause.words if len(word) > 1)
    listed = sorted((word.strip() for word in found if word.strip()), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, listed)), re.IGNORECASE) if listed else None


def marked(text: str, pattern: re.Pattern[str] | None) -> Markup:
    """Return the text as HTML with every term in `<mark>`."""
    if pattern is None:
        return escape(text)
    pieces, at = [], 0
    for found in pattern.finditer(text):
        pieces += [escape(text[at : found.start()]), Markup("<mark>"), escape(found[0]), Markup("</mark>")]
        at = found.end()
    return Markup("").join([*pieces, escape(text[at:])])


def cut(text: str, pattern: re.Pattern[str] | None) -> Markup:
    """Return the stretch with the most different terms, marked; the beginning when there is none."""
    text = " ".join(text[:READ].split())
    found = islice(pattern.finditer(text), MOST) if pattern else ()
    places = [(match.start(), match[0].casefold()) for match in found]
    best, most = 0, 0
    for at, _word in places:
        inside = len({word for place, word in places if at <= place < at + LENGTH - BEFORE})
        if inside > most:
            best, most = at, inside
    start = max(0, best - BEFORE) if places else 0
    piece = text[start : start + LENGTH]
    front, back = "…" if start else "", "…" if start + LENGTH < len(text) else ""
    return Markup("{}{}{}").format(front, marked(piece, pattern), back)
