"""`unionhall plugins …`: which there are, what each adds, and the switches."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import click
from flask_babel import gettext as _

from unionhall.base import clock, db
from unionhall.base.errors import NotFound
from unionhall.hooks.types import SYSTEM
from unionhall.host import lifecycle
from unionhall.host.offers import offers
from unionhall.host.registry import host
from unionhall.host.status import Status

as_json = click.option("--json", "as_json", is_flag=True, help="Print a machine-readable answer.")


@click.group("plugins")
def plugin_commands() -> None:
    """Plugins: list, show, enable, disable, order, release."""


@plugin_commands.command("list")
@as_json
def listed(as_json: bool) -> None:
    """Show every plugin that is installed or left data behind: its state, why, and what to do."""
    found = host().statuses()
    if as_json:
        click.echo(json.dumps([_row(status) for status in found], ensure_ascii=False))
        return
    if host().safe:
        click.echo(_("网站是不带插件启动的，没有载入任何插件。"))
    for status in found:
        click.echo(f"{status.found.name} {status.found.version}: {status.state}" + (f" ({status.reason})" if status.reason else ""))
        if status.failed:
            click.echo(f"    {status.remedy} {status.command}")


@plugin_commands.command("show")
@click.argument("name")
@as_json
def show(name: str, as_json: bool) -> None:
    """Say how a plugin stands and what it adds: pages, rights, tables, jobs, hooks."""
    status = next((item for item in host().statuses() if item.found.name == name), None)
    if status is None:
        raise NotFound(_("没有叫“%(name)s”的插件。", name=name))
    adds = offers(host(), status.found) if status.found.module else {}
    if as_json:
        click.echo(json.dumps(_row(status) | {"adds": adds}, ensure_ascii=False))
        return
    for key, value in _row(status).items():
        if value not in ("", None, []):
            click.echo(f"{key}: {', '.join(value) if isinstance(value, list) else value}")
    for kind, names in adds.items():
        click.echo(f"{kind}:")
        for each in names:
            click.echo(f"    {each}")


@plugin_commands.command("enable")
@click.argument("names", nargs=-1, required=True)
@as_json
def enable(names: tuple[str, ...], as_json: bool) -> None:
    """Run plugins' migrations and switch them on, one by one, in every process, without a restart; ends a quarantine."""
    for name in names:
        _done(name, as_json, lambda name=name: lifecycle.enable(name, actor=SYSTEM, now=clock.now()))  # type: ignore[misc]


@plugin_commands.command("disable")
@click.argument("names", nargs=-1, required=True)
@as_json
def disable(names: tuple[str, ...], as_json: bool) -> None:
    """Switch plugins off, one by one; their data stays. Also one that cannot be loaded: unionhall --safe plugins disable NAME."""
    for name in names:
        _done(name, as_json, lambda name=name: lifecycle.disable(name, actor=SYSTEM, now=clock.now()))  # type: ignore[misc]


@plugin_commands.command("order")
@click.argument("names", nargs=-1, required=True)
@as_json
def order(names: tuple[str, ...], as_json: bool) -> None:
    """Put plugins into the site's order: it rules hooks, menus and cards. Those not named follow, by name."""
    with db.unit_of_work():
        lifecycle.place(names, actor=SYSTEM, now=clock.now())
    found = [status.found.name for status in host().statuses()]
    click.echo(json.dumps(found) if as_json else " ".join(found))


@plugin_commands.command("release")
@click.argument("name")
@as_json
def release(name: str, as_json: bool) -> None:
    """End a plugin's quarantine: its display hooks are asked again."""
    _done(name, as_json, lambda: lifecycle.release(name, actor=SYSTEM, now=clock.now()))


def _done(name: str, as_json: bool, act: Callable[[], None]) -> None:
    with db.unit_of_work():
        act()
    state = next((status.state for status in host().statuses() if status.found.name == name), "disabled")
    click.echo(json.dumps({"name": name, "state": state}) if as_json else f"{name}: {state}")


def _row(status: Status) -> dict[str, Any]:
    found = status.found
    return {
        "name": found.name, "label": status.label, "version": found.version, "distribution": found.distribution, "state": status.state,
        "code": found.code, "reason": status.reason, "remedy": status.remedy, "command": status.command,
        "requires": list(found.plugin.requires) if found.plugin else [], "pending": [step.id for step in status.pending],
        "switched_at": status.switched_at.isoformat() if status.switched_at else None,
        "quarantined_at": status.quarantined_at.isoformat() if status.quarantined_at else None,
    }  # fmt: skip
