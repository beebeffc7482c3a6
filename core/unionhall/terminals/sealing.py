"""What a page offers on a terminal: nothing that leads out of it, keeps what was typed, or needs what is not there.

Works on the finished page, so that no template, article or plugin has to know of terminals: a link out becomes its words, marked
`sealed`, with the site's name behind them; downloads, printing, files and frames go.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from html.parser import HTMLParser
from urllib.parse import urlsplit

CLOSED = ("/desk", "/api/", "/feed", "/activate", "/preferences", "/forgot", "/reset/", "/preview/")
FILES = re.compile(r"\.(xml|ics|csv|pdf|zip|docx?|xlsx?|pptx?|wps|et|vcf)$|/(download|qr|calendar\.ics)$|/media/.*/download", re.IGNORECASE)
GONE = frozenset({"iframe", "object", "embed"})
WORKING = ("data-print", "data-copy", "data-share")
Keep = Callable[[str], bool]


def is_closed(path: str) -> bool:
    """Say whether an address of the site is not opened on terminals: the desk, programs' addresses, downloads, number forms."""
    return path.startswith(CLOSED) or bool(FILES.search(path))


def leads_on(address: str, host: str) -> bool:
    """Say whether an address stays on the site and is open on terminals."""
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return False
    if parts.scheme not in {"", "http", "https"} or (parts.netloc and parts.netloc != host) or (parts.scheme and not parts.netloc):
        return False
    return not is_closed(parts.path)


class _Page(HTMLParser):
    """Copies a page tag by tag as it was written, but for what must not be offered."""

    def __init__(self, host: str, no_files: str) -> None:
        super().__init__(convert_charrefs=False)
        self.host, self.no_files = host, no_files
        self.out: list[str] = []
        self._links: list[str | None] = []
        self._skipping: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if self._skipping:
            if tag == self._skipping[-1]:
                self._skipping.append(tag)
            return
        if tag in GONE or (tag in {"button", "a"} and any(name in values for name in WORKING)):
            self._skipping.append(tag)
        elif tag == "a":
            self._link(values)
        elif tag == "link" and "stylesheet" not in values.get("rel", "") and "icon" not in values.get("rel", ""):
            return
        elif tag == "input" and values.get("type") == "file":
            self.out.append(f'<span class="muted">{escape(self.no_files)}</span>')
        elif tag in {"form", "input", "textarea", "select"}:
            self._again(tag, {**values, "autocomplete": "off"}, but=("target", "formtarget"))
        elif "target" in values:
            self._again(tag, values, but=("target",))
        else:
            self.out.append(self.get_starttag_text() or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._skipping or tag in GONE:
            return
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if self._skipping:
            if tag == self._skipping[-1]:
                self._skipping.pop()
            return
        if tag == "a" and self._links:
            away = self._links.pop()
            self.out.append("</a>" if away is None else f"{away}</span>")
            return
        self.out.append(f"</{tag}>")

    def _link(self, values: dict[str, str]) -> None:
        address = values.get("href", "")
        if "download" not in values and ("href" not in values or leads_on(address, self.host)):
            self._links.append(None)
            self._again("a", values, but=("target", "ping"))
            return
        host = urlsplit(address).netloc if address.startswith(("http://", "https://", "//")) else ""
        self._links.append(f" <small>（{escape(host)}）</small>" if host and host != self.host else "")
        kept = {name: value for name, value in values.items() if name in {"class", "lang"}}
        self._again("span", {**kept, "class": f"{kept.get('class', '')} sealed".strip()})

    def _again(self, tag: str, values: dict[str, str], but: tuple[str, ...] = ()) -> None:
        written = "".join(f' {name}="{escape(value)}"' for name, value in values.items() if name not in but)
        self.out.append(f"<{tag}{written}>")

    def _say(self, text: str) -> None:
        if not self._skipping:
            self.out.append(text)

    def handle_data(self, data: str) -> None:
        self._say(data)

    def handle_entityref(self, name: str) -> None:
        self._say(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._say(f"&#{name};")

    def handle_decl(self, decl: str) -> None:
        self._say(f"<!{decl}>")

    def handle_comment(self, data: str) -> None:
        """Comments are for makers of pages: left out."""


def sealed(page: str, host: str, no_files: str) -> str:
    """Return the page as a terminal shows it; `no_files` is said where a file would be chosen."""
    reader = _Page(host, no_files)
    reader.feed(page)
    reader.close()
    return "".join(reader.out)
