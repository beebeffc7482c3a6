"""Who may see an asset, and who may change it."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext as _

from unionhall.base.errors import NotAllowed, NotFound
from unionhall.hooks.types import Actor
from unionhall.media import uses
from unionhall.media.models import Asset
from unionhall.platform import access

USE, MANAGE = "media.use", "media.manage"


def may_see(actor: Actor, asset: Asset) -> bool:
    """Say whether the actor finds the asset in the library: of an org of theirs, or shared by one above."""
    if access.can(actor, USE, asset.org):
        return True
    return asset.shared and any(path.startswith(asset.org.path) for path in actor.paths(USE))


def may_use(actor: Actor, asset: Asset, path: str) -> bool:
    """Say whether the actor may show the asset in something of the org with this path.

    One grant of theirs reaches both, an org above shares it, or it is what they uploaded themselves.
    """
    if not access.can(actor, USE, path):
        return False
    home = asset.org.path
    if actor.system or (asset.shared and path.startswith(home)):
        return True
    if actor.account_id is not None and asset.uploaded_by == actor.account_id:
        return True
    reached = any(home.startswith(held) and path.startswith(held) for held in actor.paths(USE))
    return reached and access.can(actor, USE, asset.org)


def may_change(actor: Actor, asset: Asset) -> bool:
    """Say whether the actor may edit, replace or delete it: who manages the org's library, or who uploaded it.

    What reviewers have passed is not changed behind their back: then it takes the right to manage.
    """
    if access.can(actor, MANAGE, asset.org):
        return True
    mine = actor.account_id is not None and asset.uploaded_by == actor.account_id
    return mine and access.can(actor, USE, asset.org) and not uses.is_settled(asset.id)


def require_change(actor: Actor, asset: Asset) -> None:
    """Raise NotFound for what the actor does not see, NotAllowed for what they may only use."""
    if not may_see(actor, asset):
        raise NotFound()
    if not may_change(actor, asset):
        raise NotAllowed(_("“%(name)s”不是你能改的：别人上传的，或者已经用在审过的稿件里。请联系本级编辑。", name=asset.name))


def above(paths: Iterable[str]) -> set[str]:
    """Return the paths of all orgs above these: "/1/" and "/1/5/" for "/1/5/9/"."""
    found = set()
    for path in paths:
        parts = path.strip("/").split("/")
        found |= {f"/{'/'.join(parts[:length])}/" for length in range(1, len(parts))}
    return found
