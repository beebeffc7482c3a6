"""`unionhall search …`: the index, made anew and looked at; `jobs retry`: what could not be delivered; `storage …`: files moved."""

from __future__ import annotations

import json

import click
from flask_babel import gettext as _

from unionhall.base import clock, db
from unionhall.base.crypto import config
from unionhall.hooks.types import SYSTEM
from unionhall.platform import outbox_care
from unionhall.platform.search import indexes, reading, writing
from unionhall.platform.storage import Storage, copying, open_storage
from unionhall.system import services


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


@click.group("jobs")
def job_commands() -> None:
    """Jobs and the outbox."""


@job_commands.command("retry")
@click.argument("ids", nargs=-1, type=click.IntRange(min=1))
@click.option("--all", "everything", is_flag=True, help="Retry all that is parked.")
@click.option("--json", "as_json", is_flag=True, help="Print a machine-readable answer.")
def retry(ids: tuple[int, ...], everything: bool, as_json: bool) -> None:
    """Give messages that were parked after five tries new ones; without numbers, list them."""
    if ids and everything:
        raise click.UsageError("name messages or say --all, not both")
    if not ids and not everything:
        _list_parked(as_json)
        return
    with db.unit_of_work():
        counted = services.retry(None if everything else ids, actor=SYSTEM, now=clock.now())
    click.echo(json.dumps({"retried": counted}) if as_json else _("%(n)s 条消息会马上再投递。", n=counted))
    if counted < len(ids):
        raise click.exceptions.Exit(1)


def _list_parked(as_json: bool) -> None:
    found = outbox_care.parked(1000)
    if as_json:
        rows = [{"id": item.id, "topic": item.topic, "parked": str(item.parked_at), "error": item.error} for item in found]
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for item in found:
        click.echo(f"{item.id} {item.topic} {item.parked_at} {item.error.splitlines()[0]}")


@click.group("storage")
def storage_commands() -> None:
    """Uploaded files."""


@storage_commands.command("copy")
@click.option("--to", "target", required=True, metavar="local|s3|s3://BUCKET/PREFIX")
@click.option("--from", "source", metavar="local|s3|s3://BUCKET/PREFIX", help="The other one of local and s3 unless given.")
@click.option("--json", "as_json", is_flag=True, help="Print a machine-readable answer.")
def copy(target: str, source: str | None, as_json: bool) -> None:
    """Copy every file to another storage while the site runs; run again, it copies what is missing."""
    source = source or ("s3" if target == "local" else "local")
    if _address(source) == _address(target):
        raise click.UsageError(_("从哪里、到哪里是同一个地方。"))

    def progress(done: copying.Copied) -> None:
        if not as_json:
            click.echo(f"\r{done.copied + done.there}", nl=False, err=True)

    done = copying.copy(_opened(source), _opened(target), progress)
    if as_json:
        click.echo(json.dumps(done.__dict__))
    else:
        click.echo("", err=True)
        click.echo(_("复制了 %(copied)s 个文件，%(there)s 个已经在那里。", copied=done.copied, there=done.there))


def _opened(place: str) -> Storage:
    return open_storage(_address(place), config())


def _address(place: str) -> str:
    """Return the address that a word on the command line means: "" is the folder of this machine."""
    if place == "s3" and not config().media_url:
        raise click.UsageError(_("media_url 没有设置，请写全：s3://桶名/前缀"))
    named = {"local": "", "s3": config().media_url}
    if place not in named and not place.startswith("s3://"):
        raise click.UsageError(_("没有“%(place)s”这个地方，请写 local、s3 或 s3://桶名/前缀。", place=place))
    return named.get(place, place)
