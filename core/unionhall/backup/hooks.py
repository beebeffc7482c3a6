"""Wiring of backup and restore."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import click
from flask_babel import lazy_gettext as _l

from unionhall.backup import cli, keeping
from unionhall.hooks.markers import hookimpl
from unionhall.hooks.types import Job


@hookimpl
def unionhall_jobs() -> Iterable[Job]:
    """The nightly backup, when there is a folder for it."""
    return [Job("backup.nightly", _l("每夜备份"), timedelta(minutes=10), keeping.nightly)]


@hookimpl
def unionhall_commands() -> Iterable[click.Command]:
    """`unionhall backup`, `unionhall restore`."""
    return [cli.backup_commands, cli.restore]
