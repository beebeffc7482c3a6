"""Pictures of articles as readers get them: the present file in the sizes there are, and the library's words where the article has none."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from flask_babel import gettext as _
from markupsafe import escape

from unionhall.base import richtext
from unionhall.media import addresses, queries, uses
from unionhall.media.models import Asset
from unionhall.media.views import PictureView
from unionhall.news.models import Article

KIND = "news.article"
SIZES = "(min-width: 1024px) 760px, 100vw"
_IMAGE = re.compile(r'<img [^>]*?src="/media/[a-z0-9]{2}/([a-z0-9-]+)\.[a-z0-9]+"[^>]*>')
_SRC = re.compile(r' src="[^"]*"')
_SIZE = re.compile(r' (?:width|height)="[0-9]+"')
_FIGURE = re.compile(r'<figure class="figure">.*?</figure>', re.DOTALL)
_CAPTION = re.compile(r"<figcaption>(.*?)</figcaption>", re.DOTALL)
_CREDIT = '<span class="figure__credit">'
_IMAGE_START = re.compile(r"<img (?!loading)")


class WithCover(Protocol):
    """A revision, or the part of one that readers see."""

    @property
    def cover(self) -> Asset | PictureView | None:
        """Return the cover."""

    @property
    def cover_alt(self) -> str:
        """Return the alternative text."""

    @property
    def cover_caption(self) -> str:
        """Return the caption."""

    @property
    def cover_credit(self) -> str:
        """Return the photographer."""


@dataclass(frozen=True)
class Words:
    """What is said of a picture."""

    alt: str
    caption: str
    credit: str


def cover_words(text: WithCover) -> Words:
    """Return what is said of a cover: the article's own words, else the library's."""
    cover = text.cover
    if cover is None:
        return Words(text.cover_alt, text.cover_caption, text.cover_credit)
    return Words(text.cover_alt or cover.alt, text.cover_caption or cover.caption, text.cover_credit or cover.credit)


def in_bodies(*bodies: str) -> dict[str, Asset]:
    """Return {stem: asset} of the pictures in these bodies, in one query."""
    found = queries.by_stems(addresses.stem_of(name) for body in bodies for name in _IMAGE.findall(body))
    return {stem: asset for stem, asset in found.items() if asset.is_image}


def placed(html: str, assets: Mapping[str, Asset], *, plain: bool = False) -> str:
    """Return a cleaned body with its pictures as they are now; `plain` for feeds, which want no more than an image."""
    html = _FIGURE.sub(lambda found: _captioned(found[0], _asset(found[0], assets)), html)
    return _IMAGE.sub(lambda found: _shown(found[0], assets.get(addresses.stem_of(found[1])), plain), html)


def lost(body: str, assets: Mapping[str, Asset]) -> list[int]:
    """Return the numbers, from 1, of a body's pictures that are in the library no more: an old text was restored."""
    return [number for number, figure in enumerate(richtext.figures(body), 1) if _of(figure, assets) is None]


def bare(body: str, assets: Mapping[str, Asset]) -> list[int]:
    """Return the numbers, from 1, of a body's pictures that lack a caption or a credit, here and in the library."""
    found = []
    for number, figure in enumerate(richtext.figures(body), 1):
        asset = _of(figure, assets)
        caption, credit = (asset.caption, asset.credit) if asset else ("", "")
        if not ((figure.caption or caption) and (figure.credit or credit)):
            found.append(number)
    return found


def note(article: Article) -> None:
    """Tell the library what the article shows now: in its newest revision, and in the one that readers see."""
    revisions = [revision for revision in (article.head, article.live) if revision is not None]
    covers = {revision.cover_id for revision in revisions if revision.cover_id}
    uses.note_uses(KIND, article.id, covers.union(*(uses.assets_in(revision.body) for revision in revisions)))


def _of(figure: richtext.Figure, assets: Mapping[str, Asset]) -> Asset | None:
    return assets.get(addresses.stem_of(figure.src.rpartition("/")[2]))


def _asset(figure: str, assets: Mapping[str, Asset]) -> Asset | None:
    found = _IMAGE.search(figure)
    return assets.get(addresses.stem_of(found[1])) if found else None


def _captioned(figure: str, asset: Asset | None) -> str:
    """Return the figure with the library's caption and credit where it has none of its own."""
    if asset is None or not (asset.caption or asset.credit):
        return figure
    found = _CAPTION.search(figure)
    inside = found[1] if found else ""
    if not inside.partition(_CREDIT)[0].strip():
        inside = f"{escape(asset.caption)}{inside}"
    if _CREDIT not in inside and asset.credit:
        inside += f"{_CREDIT}{escape(_('摄影 %(name)s', name=asset.credit))}</span>"
    caption = f"<figcaption>{inside}</figcaption>"
    return figure.replace(found[0], caption) if found else figure.replace("</figure>", f"{caption}</figure>")


def _shown(tag: str, asset: Asset | None, plain: bool) -> str:
    if not plain:
        tag = _IMAGE_START.sub('<img loading="lazy" decoding="async" ', tag)
    if asset is None:
        return tag
    tag = _SRC.sub(f' src="{asset.src}"', tag, count=1)
    if asset.version > 1:
        tag = _SIZE.sub("", tag)
    if " width=" not in tag:
        tag = tag.replace("<img ", f'<img width="{asset.width}" height="{asset.height}" ', 1)
    if asset.alt and (' alt=""' in tag or " alt=" not in tag):
        tag = tag.replace(' alt=""', "").replace("<img ", f'<img alt="{escape(asset.alt)}" ', 1)
    sources = "" if plain else "".join(
        f'<source type="{mime}" srcset="{srcset}" sizes="{SIZES}">' for mime, srcset in asset.sources()
    )
    return f"<picture>{sources}{tag}</picture>" if sources else tag
