"""Contrast of colours as WCAG 2.2 counts it: 4.5 for text, 3 for the lines of controls and the focus ring."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

TEXT, LINES = 4.5, 3.0
Colour = tuple[int, int, int]
_HEX = re.compile(r"#([0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE)
_RGB = re.compile(r"rgb\(\s*(\d{1,3})[\s,]+(\d{1,3})[\s,]+(\d{1,3})\s*\)", re.IGNORECASE)
_VAR = re.compile(r"var\(\s*(--[\w-]+)\s*\)")
_PAPERS = ("--c-paper", "--c-surface", "--c-sunken")
PAIRS = (
    *((ink, paper, TEXT) for ink in ("--c-ink", "--c-ink-2", "--c-ink-3", "--c-link", "--c-link-hover", "--c-accent") for paper in _PAPERS),
    *((f"--c-{state}", f"--c-{state}-soft", TEXT) for state in ("ok", "warn", "bad", "info", "accent")),
    ("--c-on-action", "--c-action", TEXT), ("--c-on-action", "--c-action-hover", TEXT), ("--c-ink", "--c-mark", TEXT),
    *((line, paper, LINES) for line in ("--c-line-strong", "--c-focus") for paper in _PAPERS[:2]),
    *((f"--c-chart-{number}", "--c-surface", LINES) for number in range(1, 7)),
)  # fmt: skip


@dataclass(frozen=True)
class TooFaint:
    """Two tokens that cannot be told apart well enough, and by how much."""

    ink: str
    paper: str
    ratio: float
    least: float


def parse(value: str, tokens: Mapping[str, str] | None = None) -> Colour | None:
    """Return the colour that a token's value names (`#abc`, `#aabbcc`, `rgb(…)`, `var(--other)`), None for anything else."""
    known, seen = tokens or {}, set()
    while (named := _VAR.fullmatch(value.strip())) and named[1] not in seen:
        seen.add(named[1])
        value = known.get(named[1], "")
    if found := _HEX.fullmatch(value.strip()):
        digits = found[1] if len(found[1]) == 6 else "".join(digit * 2 for digit in found[1])
        return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)
    if (found := _RGB.fullmatch(value.strip())) and all(int(part) < 256 for part in found.groups()):
        return int(found[1]), int(found[2]), int(found[3])
    return None


def ratio(one: Colour, other: Colour) -> float:
    """Return the contrast ratio of two colours, from 1 to 21."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def faint(tokens: Mapping[str, str]) -> Iterator[TooFaint]:
    """Return every pair of a set of tokens that is below what WCAG AA asks for; colours that cannot be read are left out."""
    for ink, paper, least in PAIRS:
        above, below = parse(tokens.get(ink, ""), tokens), parse(tokens.get(paper, ""), tokens)
        if above and below and (found := ratio(above, below)) < least:
            yield TooFaint(ink, paper, found, least)


def _luminance(colour: Colour) -> float:
    red, green, blue = (_linear(part / 255) for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
