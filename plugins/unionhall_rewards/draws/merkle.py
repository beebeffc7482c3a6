"""Merkle trees as in RFC 6962: a member can prove that their entry was in the frozen list without anybody else's."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence


def _leaf(line: str) -> bytes:
    return hashlib.sha256(b"\x00" + line.encode()).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def _levels(lines: Iterable[str]) -> list[list[bytes]]:
    """Return the tree's levels, the leaves first. One without a neighbour goes up as it is: the same tree as RFC 6962's."""
    level = [_leaf(line) for line in sorted(lines, key=str.encode)]
    found = [level]
    while len(level) > 1:
        paired = [_node(level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)]
        level = paired + level[len(level) - len(level) % 2 :]
        found.append(level)
    return found


def root(lines: Iterable[str]) -> str:
    """Return the root of a list's tree, hex; of no lines, the hash of nothing."""
    top = _levels(lines)[-1]
    return (top[0] if top else hashlib.sha256(b"").digest()).hex()


def proof(lines: Sequence[str], line: str) -> list[tuple[str, str]]:
    """Return the way from a line up to the root: ("L" or "R", hash beside it). Raises ValueError for a line that is not there."""
    ordered = sorted(lines, key=str.encode)
    at = ordered.index(line)
    way = []
    for level in _levels(ordered)[:-1]:
        beside = at ^ 1
        if beside < len(level):
            way.append(("L" if beside < at else "R", level[beside].hex()))
        at //= 2
    return way


def holds(line: str, way: Iterable[tuple[str, str]], top: str) -> bool:
    """Say whether a way leads from a line to the root."""
    found = _leaf(line)
    for side, other in way:
        found = _node(bytes.fromhex(other), found) if side == "L" else _node(found, bytes.fromhex(other))
    return found.hex() == top
