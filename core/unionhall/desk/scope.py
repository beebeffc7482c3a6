"""The org that an editor works in: a choice kept in the session, never wider than the grants."""

from __future__ import annotations

from flask import session

from unionhall.hooks.types import Actor

KEY = "scope"


def widest(actor: Actor) -> tuple[str, ...]:
    """Return the org paths that the actor's grants reach, the ones inside others left out, widest first."""
    paths = sorted({grant.org_path for grant in actor.grants}, key=lambda path: (path.count("/"), path))
    return tuple(path for at, path in enumerate(paths) if not any(path.startswith(wide) for wide in paths[:at]))


def current(actor: Actor) -> str:
    """Return the path of the org that lists are narrowed to: the one chosen, else the widest grant's."""
    reach = widest(actor)
    chosen = session.get(KEY, "")
    if chosen and any(chosen.startswith(path) for path in reach):
        return str(chosen)
    return reach[0] if reach else "/-/"


def choose(actor: Actor, path: str) -> bool:
    """Keep a choice; False, and nothing changes, for an org beyond the grants."""
    if not any(path.startswith(reach) for reach in widest(actor)):
        return False
    session[KEY] = path
    return True
