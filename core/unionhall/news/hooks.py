"""Wiring of the news feature."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from flask_babel import lazy_gettext as _l

from unionhall.hooks.markers import hookimpl
from unionhall.hooks.types import Job, Permission
from unionhall.news import editing, publishing
from unionhall.news.rights import PERMISSIONS


@hookimpl
def unionhall_permissions() -> Iterable[Permission]:
    """The newsroom's rights."""
    return PERMISSIONS


@hookimpl
def unionhall_jobs() -> Iterable[Job]:
    """What is due is published or taken down within seconds of its minute."""
    return [Job("news.due", _l("定时发布与下线"), timedelta(seconds=1), publishing.run_due)]


@hookimpl
def unionhall_org_merging(source_id: int, target_id: int) -> None:
    """Articles go to the org that stays, whatever state they are in."""
    editing.hand_over(source_id, target_id)
