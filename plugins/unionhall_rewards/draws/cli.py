"""`unionhall verify draw FILE`: checking a published file."""

from __future__ import annotations

from pathlib import Path

import click

from unionhall_rewards.draws import verifying


@click.command("draw")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def verify(file: Path) -> None:
    """Compute a draw again from its published file; exit code 1 names what is wrong. Asks no database."""
    if not verifying.check_file(file, click.echo):
        raise click.exceptions.Exit(1)
