"""Documents that bodies link to: the links of imported bodies lead to the documents that came with them, or become words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import unquote

from flask_babel import gettext as _

from unionhall.news.exchange.pictures import Note, Pictures, Told
from unionhall.orgs.models import Org

# What stands in a link holds no link, so that a body without a single end is still read once only.
_LINK = re.compile(r'<a\b[^<>]*\bhref="/media/file/([a-z0-9]+)/([^"<>]*)"[^<>]*>((?:[^<]|<(?!/?a\b))*)</a>')


def placed(body: str, files: Mapping[str, Told], pictures: Pictures, org: Org, note: Note) -> str:
    """Return the body with links to documents that were kept, or are here already; of another link its words stay.

    `files` is what is known of those that came with it, by their addresses, `/media/ab/<stem>.pdf`.
    """
    known = {address.rpartition("/")[2].partition(".")[0]: address for address in files}

    def place(found: re.Match[str]) -> str:
        stem, name, inside = found.groups()
        address = known.get(stem, f"/media/{stem[:2]}/{stem}")
        document = pictures.attach(address, org, note, files.get(address) or Told(unquote(name)))
        return f'<a href="{document.src}">{inside}</a>' if document else inside

    return _LINK.sub(place, body)


def left_out(number: int) -> str:
    """Return what is said of an article's documents when no folder was given."""
    return _("有 %(n)s 个文件没有导入：没有给出放文件的文件夹。正文里留了文字。", n=number)
