"""Commands of the newsroom: `unionhall export jsonl | wxr`."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any

import click

from unionhall.base import clock, db
from unionhall.base.errors import Unavailable
from unionhall.hooks.types import SYSTEM
from unionhall.news.cli import chosen_org, chosen_section, progress
from unionhall.news.exchange import writing
from unionhall.news.exchange.copying import IntoFolder, NoCopies
from unionhall.news.exchange.leaving import Leaving
from unionhall.news.models import State
from unionhall.platform import audit


@click.group("export")
def exports() -> None:
    """Write articles to a file that another site, or WordPress, can read."""


def which(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that every export has."""
    day = click.DateTime(["%Y-%m-%d"])
    for option in (
        click.option("--json", "as_json", is_flag=True),
        click.option("--media", type=click.Path(path_type=Path, file_okay=False), help="A folder for pictures (jsonl: documents, too)."),
        click.option("--state", "states", multiple=True, type=click.Choice([state.value for state in State]), help="Only these states."),
        click.option("--until", type=day, help="Published (else begun) on this day at the latest."),
        click.option("--since", type=day, help="Published (else begun) on this day at the earliest."),
        click.option("--section", "section_slug", help="Only this section (slug)."),
        click.option("--org", "org_slug", help="Only this org and those below it (slug)."),
        click.argument("file", type=click.Path(path_type=Path, allow_dash=True)),
    ):
        command = option(command)
    return command


@exports.command("jsonl")
@which
def json_lines(**options: Any) -> None:
    """Write everything that is kept of articles as JSON lines: states, revisions, bylines, corrections, addresses."""
    _export("jsonl", **options)


@exports.command("wxr")
@which
def wordpress(**options: Any) -> None:
    """Write articles as a WordPress export (WXR 1.2), as readers see them."""
    _export("wxr", **options)


def _export(form: writing.Format, *, file: Path, media: Path | None, as_json: bool, **options: Any) -> None:
    leaving = _leaving(**options)
    copies = IntoFolder(media) if media else NoCopies()
    with _output(file) as out, progress(0, as_json=as_json) as step:
        done = writing.write(out, form, leaving, copies, now=clock.now(), progress=step)
    with db.unit_of_work():
        audit.record("news.exported", "news", actor=SYSTEM, now=clock.now(), format=form, articles=done)
    missing = getattr(copies, "missing", 0)
    if str(file) == "-":
        return
    click.echo(json.dumps({"articles": done, "pictures_missing": missing}) if as_json else f"{done} articles, {missing} pictures missing")


def _leaving(
    org_slug: str | None, section_slug: str | None, since: datetime | None, until: datetime | None, states: tuple[str, ...]
) -> Leaving:
    return Leaving(
        SYSTEM, chosen_org(org_slug).path if org_slug else None, chosen_section(section_slug).id if section_slug else None,
        clock.from_local(since) if since else None, clock.from_local(until + timedelta(days=1)) if until else None, states,
    )  # fmt: skip


@contextmanager
def _output(file: Path) -> Iterator[IO[bytes]]:
    """Give a stream to a file that appears whole or not at all, or to standard output. Raises Unavailable when there is no room."""
    if str(file) == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    part = file.with_name(f".{file.name}.part")
    try:
        with part.open("wb") as out:
            yield out
        part.replace(file)
    except OSError as error:
        raise Unavailable(f"{file}: {error.strerror}", code="file-unwritable") from error
    finally:
        part.unlink(missing_ok=True)
