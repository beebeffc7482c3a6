"""Which heading line is the kicker, the headline or the subhead, and what to suggest when a headline holds a break."""

from __future__ import annotations

import re
from dataclasses import dataclass

from unionhall.news.newspaper.lines import Line
from unionhall.news.newspaper.marks import CHINESE, HAN
from unionhall.news.newspaper.model import Flag, excerpt

BREAK = re.compile(rf"(?<=[{CHINESE}]) (?=[{CHINESE}])")
NEEDS_OBJECT = re.compile(r"(?:组建|成立|举办|召开|启动|推出|开展|打造|建立|设立|发布|出台|迎来|获评|启用|签订)$")
NEEDS_SUBJECT = re.compile(r"^(?:均|皆|都|也|亦|则|已|仍|可以|将会)")


@dataclass(frozen=True, slots=True)
class Head:
    """The heading of one story, with the line of the headline in the file."""

    kicker: str
    headline: str
    subhead: str
    line: int
    flags: tuple[Flag, ...] = ()


def group(lines: list[Line]) -> list[Line]:
    """Return the leading headings that belong to one story: each must be one step deeper than the one above it."""
    belonging = lines[:1]
    for line in lines[1:3]:
        if line.level <= belonging[-1].level:
            break
        belonging.append(line)
    return belonging


def read_head(lines: list[Line]) -> Head:
    """Tell kicker 引题, headline and subhead 副题 apart (features C1).

    One line is the headline; three are kicker, headline, subhead. Of two, `#` over `##`, the upper is the kicker unless
    it is longer than the lower, which then is the subhead; `##` over `###` is headline over subhead.
    """
    texts = [line.text for line in lines]
    if len(lines) == 1:
        return Head("", texts[0], "", lines[0].number)
    if len(lines) == 3:
        return Head(
            texts[0], texts[1], texts[2], lines[1].number, (_guess("three-lines", texts[0], texts[1], texts[2]),)
        )
    if lines[0].level >= 2:
        return Head("", texts[0], texts[1], lines[0].number, (_guess("deeper-line", "", texts[0], texts[1]),))
    if len(texts[0]) > len(texts[1]):
        return Head("", texts[0], texts[1], lines[0].number, (_guess("long-over-short", "", texts[0], texts[1]),))
    return Head(texts[0], texts[1], "", lines[1].number, (_guess("short-over-long", texts[0], texts[1], ""),))


def break_flag(head: Head, opening: str) -> Flag | None:
    """Report a headline that the scan ran together from several lines; its words stay, parts one space apart.

    A space is how Chinese headlines part their phrases, so keeping it loses nothing. The suggestion is for the editor:
    `kicker` when the last part opens with the place whose 市, 区 or 县 the story opens with (a headline names its
    subject), `close` when a part lacks its object or subject across the break, else `keep`.
    """
    parts = BREAK.split(head.headline)
    if len(parts) < 2:
        return None
    closed = parts[0]
    for part in parts[1:]:
        closed += part if _belongs(closed, part) else f" {part}"
    kicker, headline, suggestion = "", closed, "close" if closed != head.headline else "keep"
    if not head.kicker and re.search(rf"{re.escape(parts[-1][:2])}[市区县州]", opening) and parts[-1][:2].isalpha():
        kicker, headline, suggestion = closed.removesuffix(parts[-1]).strip(), parts[-1], "kicker"
    params: dict[str, str | int] = {"suggestion": suggestion, "kicker": kicker, "headline": headline}
    return Flag("headline-break", None, head.headline, {"parts": len(parts), **params})


def _belongs(before: str, after: str) -> bool:
    return bool(NEEDS_OBJECT.search(before) and re.match(f"[{HAN}]", after)) or bool(NEEDS_SUBJECT.search(after))


def _guess(rule: str, kicker: str, headline: str, subhead: str) -> Flag:
    params: dict[str, str | int] = {"rule": rule, "kicker": kicker, "headline": headline, "subhead": subhead}
    return Flag("kicker-guess", None, excerpt(kicker or headline), params)
