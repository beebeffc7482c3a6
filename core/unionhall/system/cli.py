"""`unionhall search …`: the index, made anew and looked at."""

from __future__ import annotations

import json

import click

from unionhall.platform.search import indexes, reading, writing


@click.group("search")
def search_commands() -> None:
    """Full-text search."""


@search_commands.command("rebuild")
@click.option("--json", "as_json", is_flag=True, help="Print a machine-readable answer.")
def rebuild(as_json: bool) -> None:
    """Make the index anew while the site goes on searching in the old one."""
    counted = writing.rebuild(lambda done: None if as_json else click.echo(f"\r{done}", nl=False, err=True))
    if not as_json:
        click.echo("", err=True)
    click.echo(json.dumps({"documents": counted}) if as_json else f"{writing.search().backend}: {counted}")


@search_commands.command("status")
@click.option("--json", "as_json", is_flag=True, help="Print a machine-readable answer.")
def status(as_json: bool) -> None:
    """Say which index is used, how many documents it holds and what should be done about it."""
    try:
        counted: int | None = writing.search().index.count()
    except indexes.IndexBroken:
        counted = None
    found = {"backend": writing.search().backend, "documents": counted, "advice": list(reading.advice())}
    click.echo(json.dumps(found) if as_json else "\n".join(f"{name}: {value}" for name, value in found.items()))
