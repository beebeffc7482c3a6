"""The kinds of notices that features and plugins bring."""

from __future__ import annotations

from unionhall.hooks.publicity import PublicityKind
from unionhall.host.registry import host


def kinds() -> dict[str, PublicityKind]:
    """Return {name: kind} of everything that is enabled."""
    return {kind.name: kind for kind in host().collect("unionhall_publicity_kinds")}
