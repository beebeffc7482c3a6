"""A picture as programs get it, in the answers of features that show pictures."""

from __future__ import annotations

from unionhall.hooks.api import ApiModel
from unionhall.host.assets import absolute
from unionhall.media.views import PictureView


class RenditionOut(ApiModel):
    """The same picture in another size or format."""

    mime: str
    width: int
    url: str


class PictureOut(ApiModel):
    """A picture in full and in smaller sizes, with what is said of it."""

    url: str
    width: int
    height: int
    alt: str
    caption: str
    credit: str
    renditions: list[RenditionOut]


def picture(view: PictureView, alt: str, caption: str, credit: str) -> PictureOut:
    """Return a picture with absolute addresses and what is said of it."""
    renditions = [
        RenditionOut(mime=mime, width=int(width[:-1]), url=absolute(url))
        for mime, srcset in view.sources()
        for url, width in (item.split(" ") for item in srcset.split(", "))
    ]
    return PictureOut(
        url=absolute(view.src), width=view.width, height=view.height, alt=alt, caption=caption, credit=credit, renditions=renditions
    )
