"""WordPress' shortcodes: captions and galleries become figures, all others stay what they are: text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape

from unionhall.news.exchange.records import Picture

_CAPTION = re.compile(r"\[caption[^\]]{0,1000}\](?:(.*?)\[/caption\]|.*\Z)", re.DOTALL)  # see html._COMMENT
_IMG = re.compile(r"<a[^>]{0,2000}>\s{0,50}(<img[^>]{0,4000}>)\s{0,50}</a>|(<img[^>]{0,4000}>)", re.DOTALL)
_GALLERY = re.compile(r"\[gallery([^\]]{0,5000})\]")
_IDS = re.compile(r'(?:ids|include)\s*=\s*["\'“”]?([\d,\s]+)')
_TAG = re.compile(r"<[^<>]*>")


def pictures(text: str, attachments: Mapping[str, Picture], own: Sequence[str] = ()) -> str:
    """Return the text with captions and galleries as figures; a gallery of unknown pictures stays as it was typed.

    A gallery that names no picture shows those that were uploaded to its post: `own`.
    """
    return _GALLERY.sub(lambda found: _gallery(found, attachments, own), _CAPTION.sub(_caption, text))


def _caption(found: re.Match[str]) -> str:
    picture = _IMG.search(found[1]) if found[1] else None
    if picture is None:
        return found[0]
    words = _TAG.sub("", found[1].replace(picture[0], "")).strip()
    return f"\n\n<figure>{picture[1] or picture[2]}<figcaption>{escape(words, quote=False)}</figcaption></figure>\n\n"


def _gallery(found: re.Match[str], attachments: Mapping[str, Picture], own: Sequence[str]) -> str:
    ids = _IDS.search(found[1])
    wanted = re.findall(r"\d+", ids[1]) if ids else own
    known = [attachments[number] for number in wanted if number in attachments]
    if not known:
        return found[0]
    return "\n\n" + "\n\n".join(figure(item) for item in known) + "\n\n"


def figure(picture: Picture) -> str:
    """Return a picture as HTML."""
    words = f"<figcaption>{escape(picture.caption, quote=False)}</figcaption>" if picture.caption else ""
    return f'<figure><img src="{escape(picture.source)}" alt="{escape(picture.alt)}">{words}</figure>'
