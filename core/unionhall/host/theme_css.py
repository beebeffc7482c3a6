"""Reading a theme's stylesheet: what stands outside its layer, which tokens it sets for which mode, what it must not touch."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

MODES = ("light", "dark", "auto", "elder", "elder-dark")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_DECLARATION = re.compile(r"(--[\w-]+)\s*:\s*([^;]+)")
_TOKEN_RULE = re.compile(r"(:root|html)?((?:\[data-[\w-]+[~|^$*]?=[\"']?[\w-]+[\"']?\])*)")
_ADDRESS = re.compile(r"url\(|@import|image-set\(|\bsrc\(", re.IGNORECASE)


@dataclass(frozen=True)
class Rule:
    """A selector, the at-rules around it, outermost first, and its declarations."""

    around: tuple[str, ...]
    selector: str
    body: str


def rules(css: str) -> Iterator[Rule]:
    """Return every rule of a stylesheet in order; a block that is not closed raises ValueError."""
    yield from _rules(_COMMENT.sub(" ", css), ())


def _rules(css: str, around: tuple[str, ...]) -> Iterator[Rule]:
    place = 0
    while (opened := css.find("{", place)) != -1:
        closed = _end(css, opened)
        *statements, head = css[place:opened].split(";")
        yield from (Rule(around, " ".join(line.split()), "") for line in statements if line.strip())
        head, body = " ".join(head.split()), css[opened + 1 : closed]
        if head.startswith("@") and "{" in body:
            yield from _rules(body, (*around, head))
        else:
            yield Rule(around, head, body)
        place = closed + 1
    yield from (Rule(around, " ".join(line.split()), "") for line in css[place:].split(";") if line.strip())


def _end(css: str, opened: int) -> int:
    depth = 0
    for place in range(opened, len(css)):
        depth += (css[place] == "{") - (css[place] == "}")
        if depth == 0:
            return place
    raise ValueError("a block is not closed")


def is_layered(rule: Rule, layer: str = "theme") -> bool:
    """Say whether a rule stands in the layer, where nothing of the core can be beaten by accident."""
    if rule.selector in {f"@layer {layer}", "@charset"} or rule.selector.startswith("@charset "):
        return True
    return bool(rule.around) and rule.around[0] == f"@layer {layer}"


def reaches_out(rule: Rule) -> bool:
    """Say whether a rule fetches something: pictures and fonts are the templates' affair, `data:` and the theme's own files aside."""
    found = f"{rule.selector} {rule.body}"
    return bool(_ADDRESS.search(re.sub(r"""url\(\s*["']?(data:|(?![\w+.-]+:|//)[\w./-]+["']?\s*\))""", "", found)))


def declared(rule: Rule) -> dict[str, str]:
    """Return the custom properties that a rule sets."""
    return {name: value.strip() for name, value in _DECLARATION.findall(rule.body)}


def modes(rule: Rule) -> tuple[str, ...]:
    """Return the modes of display in which a rule on the root element counts; none for any other rule."""
    found: list[str] = []
    for selector in rule.selector.split(","):
        matched = _TOKEN_RULE.fullmatch(selector.strip())
        if matched is None or not selector.strip() or "surface" in matched[2]:
            continue
        elder, attributes = "elder" in matched[2], matched[2]
        dark = any("prefers-color-scheme: dark" in item.replace(":dark", ": dark") for item in rule.around)
        if "dark" in attributes:
            found += ["elder-dark"] if elder else ["dark", "elder-dark"]
        elif "auto" in attributes or dark:
            found += [] if elder else ["auto"]
        elif "light" in attributes:
            found += ["elder"] if elder else ["light", "elder"]
        else:
            found += ["elder", "elder-dark"] if elder else list(MODES)
    return tuple(found)


def tokens(*sheets: str) -> Mapping[str, dict[str, str]]:
    """Return {mode: {token: value}} as the sheets set them one after the other; inside a sheet the narrower selector wins."""
    found: dict[str, dict[str, str]] = {mode: {} for mode in MODES}
    for sheet in sheets:
        kept = [rule for rule in rules(sheet) if modes(rule) and not any("prefers-contrast" in item for item in rule.around)]
        for rule in sorted(kept, key=lambda item: item.selector.count("[")):
            for mode in modes(rule):
                found[mode] |= declared(rule)
    return found
