"""HTML whose tags are known, brought into order: galleries become figures one below the other, loose text paragraphs.

Articles have no boxes: what stood in one stands where the box stood. A list of terms outside a fact box becomes paragraphs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser

import nh3

from unionhall.base import richtext_rules as rules

BLOCKS = frozenset({"p", "h2", "h3", "ul", "ol", "blockquote", "footer", "table", "figure", "hr", "dl", "aside", "div"})
DEEPEST = 60
BARE = frozenset({"table", "thead", "tbody", "tr", "ul", "ol", "dl", "aside"})
CELLS = frozenset({"li", "td", "th", "dd", "dt"})
_SPACE = " \t\r\n"
_ATTRIBUTES = rules.ATTRIBUTES | {"blockquote": {"class"}, "figure": {"class"}, "span": {"class"}, "aside": {"class"}}
_TAGS = rules.TAGS | {"div"}


@dataclass
class Node:
    """An element, or the whole (without a name); children are elements and text."""

    name: str = ""
    attributes: str = ""
    children: list[Node | str] = field(default_factory=list)

    def holds(self, *names: str) -> bool:
        """Say whether one of these elements stands anywhere inside."""
        return any(isinstance(child, Node) and (child.name in names or child.holds(*names)) for child in self.children)

    def text(self, but: str = "") -> str:
        """Return what can be read inside, elements named `but` left out."""
        parts = [child if isinstance(child, str) else "" if child.name == but else child.text(but) for child in self.children]
        return "".join(parts)


class _Reader(HTMLParser):
    """Builds the tree of balanced HTML."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node()
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, "".join(f' {name}="{escape(value or "")}"' for name, value in attrs))
        if tag in rules.VOID:
            self._open[-1].children.append(node)
        elif len(self._open) < DEEPEST:
            self._open[-1].children.append(node)
            self._open.append(node)
        else:
            self._open.append(self._open[-1])  # nobody writes that deep: the text stays, its tags go

    def handle_endtag(self, tag: str) -> None:
        if len(self._open) > 1:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)


def arranged(html: str) -> str:
    """Return the HTML in the order that articles have; tags that they do not know are gone."""
    reader = _Reader()
    # Attributes are judged when the article is saved (base.richtext); here the parser only balances.
    reader.feed(nh3.clean(html, tags=_TAGS, attributes=_ATTRIBUTES, link_rel=None, clean_content_tags=set()))
    reader.close()
    return "".join(map(_written, _flow(reader.root))).strip()


def _flow(node: Node) -> list[Node | str]:
    """Return the children of something that holds blocks, each in its place: loose text and pictures in paragraphs."""
    out: list[Node | str] = []
    loose: list[Node | str] = []

    def settle() -> None:
        paragraph = Node("p", children=_trimmed(loose))
        if paragraph.text().strip() or paragraph.holds("img"):
            out.append(paragraph)
        loose.clear()

    for child in node.children:
        if isinstance(child, Node) and (child.name in BLOCKS or child.holds("figure", "h2", "h3", "ul", "ol", "table")):
            settle()
            out += [_inside(child)] if (node.name, child.name) == ("blockquote", "footer") else _block(child)
        else:
            loose.append(child if isinstance(child, str) else _inline(child))
    settle()
    return out


def _trimmed(items: list[Node | str]) -> list[Node | str]:
    """Return text and elements without blanks and line breaks at either end."""
    kept = list(items)
    for end in (0, -1):
        while kept and _is_blank(kept[end]):
            kept.pop(end)
    if kept and isinstance(kept[0], str):
        kept[0] = kept[0].lstrip(_SPACE)
    if kept and isinstance(kept[-1], str):
        kept[-1] = kept[-1].rstrip(_SPACE)
    return kept


def _is_blank(item: Node | str) -> bool:
    return not item.strip(_SPACE) if isinstance(item, str) else item.name == "br"


def _block(node: Node) -> list[Node | str]:
    if node.name == "figure" and not _is_picture(node):
        return _unwrapped(node)
    if node.name in {"ul", "ol"} and node.holds("img") and all(map(_only_picture, node.children)):
        return [part for item in node.children if isinstance(item, Node) for part in _flow(item)]
    if node.name == "dl":
        return _terms(node)
    if node.name in {"p", "blockquote"} and not (node.text().strip() or node.holds("img")):
        return []
    if node.name == "blockquote":
        return [Node(node.name, node.attributes, _flow(node))]
    if node.name == "aside" and ' class="fact"' in node.attributes:
        return [_inside(node)]
    if node.name in BLOCKS - {"div", "aside", "footer"}:
        return [_inside(node)]
    return _flow(node)


def _is_picture(figure: Node) -> bool:
    """Say whether a figure shows one picture, and is no box around others, a table or a recording."""
    return figure.holds("img") and not figure.holds("figure", "table", "ul", "ol", "blockquote")


def _only_picture(item: Node | str) -> bool:
    if isinstance(item, str):
        return not item.strip()
    return item.holds("img") and not item.text("figcaption").strip()


def _unwrapped(figure: Node) -> list[Node | str]:
    """Return what stands in a box, what was said of the whole as a paragraph."""
    whole = Node("div")
    for child in figure.children:
        said = isinstance(child, Node) and child.name == "figcaption"
        whole.children.append(Node("p", children=child.children) if said and isinstance(child, Node) else child)
    return _flow(whole)


def _terms(node: Node) -> list[Node | str]:
    out: list[Node | str] = []
    for child in node.children:
        if isinstance(child, Node) and child.name == "dt":
            out.append(Node("p", children=[Node("strong", children=child.children)]))
        elif isinstance(child, Node):
            out += _flow(Node("div", children=child.children))
    return out


def _inside(node: Node) -> Node:
    """Return a block that is no box, with boxes inside it (in a cell, in an item of a list) taken off."""
    children: list[Node | str] = []
    for child in node.children:
        if isinstance(child, str):
            children += [child] if child.strip() or node.name not in BARE else []
        elif child.name == "div":
            children += _inside(child).children
        elif child.name == "figure" and not _is_picture(child):
            children += _unwrapped(child)
        else:
            children.append(_inside(child))
    return Node(node.name, node.attributes, _tight(children) if node.name in CELLS else children)


def _tight(items: list[Node | str]) -> list[Node | str]:
    """Return what stands in a cell without the blanks at its ends and around its blocks."""
    out: list[Node | str] = []
    for at, item in enumerate(items):
        if isinstance(item, str):
            before, after = (_is_block(items[place]) if 0 <= place < len(items) else True for place in (at - 1, at + 1))
            text = item.lstrip(_SPACE) if before else item
            out.append(text.rstrip(_SPACE) if after else text)
        else:
            out.append(item)
    return out


def _is_block(item: Node | str) -> bool:
    return isinstance(item, Node) and item.name in BLOCKS


def _inline(node: Node) -> Node:
    """Return an element of a line: a link around a paragraph or a box keeps its text."""
    children: list[Node | str] = []
    for child in node.children:
        if isinstance(child, Node) and child.name in {"div", "p"}:
            children += [*_inline(child).children, " "]
        else:
            children.append(child if isinstance(child, str) else _inline(child))
    return Node(node.name, node.attributes, children)


def _written(item: Node | str) -> str:
    if isinstance(item, str):
        return escape(item, quote=False)
    if item.name in rules.VOID:
        return f"<{item.name}{item.attributes}>"
    return f"<{item.name}{item.attributes}>{''.join(map(_written, item.children))}</{item.name}>"
