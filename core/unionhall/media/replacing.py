"""Replacing the file behind an asset: its id, its address in bodies, its uses and its words stay, readers get a new address."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _

from unionhall.base.errors import RuleBroken
from unionhall.hooks.types import Actor
from unionhall.media import files, rights, services, uses
from unionhall.media.images import Picture
from unionhall.media.models import Asset
from unionhall.media.services import Prepared
from unionhall.platform import audit


def replace(asset: Asset, prepared: Prepared, file_name: str, *, base: int, actor: Actor, now: datetime) -> None:
    """Put another file in the place of an asset's. Raises Conflict when somebody changed the asset after `base`,
    RuleBroken for a file of another kind or the very same one, NotAllowed, Unavailable when there is no room.
    """
    rights.require_change(actor, asset)
    if asset.is_image != isinstance(prepared, Picture):
        raise RuleBroken(_("图片只能换成图片，文件只能换成文件。"), field="file")
    if asset.sha256 == prepared.sha256:
        raise RuleBroken(_("这就是现在的那个文件，没有什么可换的。"), field="file")
    services.hold(asset)
    old = asset.files
    services.change(asset, services.file_values(prepared, file_name, now) | {"version": asset.version + 1}, base=base, now=now)
    services.note_words(asset)
    files.write(services.contents(asset, prepared))
    files.remove(old, now=now)
    uses.purge_pages(asset.id)
    audit.record("media.replaced", f"asset:{asset.id}", actor=actor, now=now, org_id=asset.org_id,
                 bytes=asset.bytes, file_version=asset.version)
