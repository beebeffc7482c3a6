"""The org that an editor works in: a choice kept in the session, never wider than the grants."""

from __future__ import annotations

from flask import g, session
from sqlalchemy import String, column, select, table

from unionhall.base import db
from unionhall.hooks.types import Actor

KEY = "scope"
NOWHERE = "/-/"
_ORG = table("orgs_org", column("id"), column("path", String), column("status", String))


def widest(actor: Actor) -> tuple[str, ...]:
    """Return the org paths that the actor's grants reach, the ones inside others left out, widest first."""
    paths = sorted({grant.org_path for grant in actor.grants}, key=lambda path: (path.count("/"), path))
    return tuple(path for at, path in enumerate(paths) if not any(path.startswith(wide) for wide in paths[:at]))


def current(actor: Actor) -> str:
    """Return the path of the org that lists are narrowed to: the one chosen, else the widest grant's."""
    reach = widest(actor)
    chosen = _chosen()
    if chosen and any(chosen.startswith(path) for path in reach):
        return chosen
    return reach[0] if reach else NOWHERE


def org_id(actor: Actor) -> int:
    """Return the id of the org that lists are narrowed to, 0 for an actor without grants: what is made new belongs there."""
    number = current(actor).strip("/").rpartition("/")[2]
    return int(number) if number.isdecimal() else 0


def choose(actor: Actor, path: str) -> bool:
    """Keep a choice; False, and nothing changes, for an org beyond the grants, or one that is not at work."""
    if not any(path.startswith(reach) for reach in widest(actor)) or _present(path) != path:
        return False
    session[KEY] = path
    return True


def _chosen() -> str:
    """Return the path of the chosen org as it is now: orgs move; one that was closed is no choice any more."""
    kept = session.get(KEY, "")
    if not kept:
        return ""
    if "scope" not in g:
        g.scope = _present(str(kept))
    return str(g.scope)


def _present(path: str) -> str:
    """Return where the org at the end of a path stands today, nothing when it is not at work."""
    org_id = path.strip("/").rpartition("/")[2]
    if not org_id.isdecimal() or len(org_id) > 18:
        return ""
    found = select(_ORG.c.path).where(_ORG.c.id == int(org_id), _ORG.c.status == "active")
    return db.session().scalar(found) or ""
