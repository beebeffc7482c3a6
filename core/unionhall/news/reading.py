"""A body as readers get it: cleaned once more, slug line run in, pictures in the sizes there are, tables that scroll."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from flask_babel import gettext as _
from markupsafe import Markup, escape

from unionhall.base import richtext
from unionhall.media.models import Asset
from unionhall.news import pictures

CHARACTERS_A_MINUTE = 400
_PAIR = re.compile(r"<dt>(.*?)</dt>\s*<dd>(.*?)</dd>", re.DOTALL)
_MARKS = re.compile(r"</?mark>")


class Readable(Protocol):
    """What a text is made of: a revision, or the part of one that readers see."""

    @property
    def body(self) -> str:
        """Return the body as HTML."""

    @property
    def stamp(self) -> str:
        """Return the sanitiser's stamp on the body."""

    @property
    def characters(self) -> int:
        """Return the body's length as editors count it."""

    @property
    def slug_line(self) -> str:
        """Return the slug line (电头)."""


@dataclass(frozen=True)
class Text:
    """A body ready for the page, and how long it takes to read."""

    html: Markup
    characters: int

    @property
    def minutes(self) -> int:
        """Return the reading time, at least one minute."""
        return max(1, round(self.characters / CHARACTERS_A_MINUTE))


def text(revision: Readable, *, marks: bool = False) -> Text:
    """Return a revision's body for its page; `marks` shows editors what an import was unsure of."""
    clean = richtext.trusted(revision.body, revision.stamp)
    if not marks:
        clean = _MARKS.sub("", clean)
    html = _run_in(clean, revision.slug_line)
    html = pictures.placed(html, pictures.in_bodies(html))
    html = _PAIR.sub(r"<div><dt>\1</dt><dd>\2</dd></div>", html)
    frame = f'<div class="table-wrap" role="region" tabindex="0" aria-label="{escape(_("表格"))}">'
    html = html.replace("<table>", frame + '<table class="table">')
    html = html.replace("</table>", "</table></div>")
    return Text(Markup(html), revision.characters)


def feed_html(body: str, assets: Mapping[str, Asset]) -> Markup:
    """Return a body for a feed: cleaned, its pictures as they are now."""
    return Markup(pictures.placed(_MARKS.sub("", richtext.clean(body)), assets, plain=True))


def _run_in(html: str, slug_line: str) -> str:
    if not slug_line:
        return html
    return html.replace("<p>", f'<p><span class="slug">{escape(slug_line)}</span>', 1)
