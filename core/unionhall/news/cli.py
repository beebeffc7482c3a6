"""Commands of the newsroom: `unionhall import newspaper | wxr | markdown | jsonl`."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from flask_babel import gettext as _
from sqlalchemy import select

from unionhall.base import clock, db
from unionhall.base.errors import NotFound
from unionhall.hooks.types import SYSTEM
from unionhall.news import newspaper, newspaper_import, queries
from unionhall.news.exchange import here, jsonl_reading, markdown, wxr
from unionhall.news.exchange.arriving import Arrival, Destination
from unionhall.news.exchange.pictures import Pictures
from unionhall.news.exchange.records import Problem, Record
from unionhall.news.exchange.records import Report as ImportReport
from unionhall.news.exchange.restoring import Restoration
from unionhall.news.models import Section
from unionhall.news.newspaper_import import PageRefused, Report
from unionhall.orgs import queries as orgs
from unionhall.orgs.models import Org


@click.group("import")
def imports() -> None:
    """Bring content in from elsewhere; what was imported before is skipped."""


def where_to(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that every import has."""
    for option in (
        click.option("--json", "as_json", is_flag=True),
        click.option("--dry-run", is_flag=True, help="Report only; nothing is written."),
        click.option("--section", "section_slug", help="The section they go into (slug); the first unless given."),
        click.option("--org", "org_slug", help="Whose articles they become (slug); the root org unless given."),
    ):
        command = option(command)
    return command


@imports.command("newspaper")
@click.argument("file", type=click.Path(path_type=Path))
@where_to
def newspaper_page(file: Path, org_slug: str | None, section_slug: str | None, dry_run: bool, as_json: bool) -> None:
    """Turn the scanned text of a newspaper page into drafts, one for each story."""
    text = _read(file)
    if dry_run:
        chosen_section(section_slug)
        report = newspaper_import.plan(text, chosen_org(org_slug))
    else:
        with db.unit_of_work():
            report = newspaper_import.apply(text, chosen_org(org_slug), chosen_section(section_slug), actor=SYSTEM, now=clock.now())
    if as_json:
        click.echo(json.dumps(report.counts(), ensure_ascii=False))
    else:
        _print(report, dry_run=dry_run)


@imports.command("wxr")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--attachments", type=click.Path(path_type=Path, file_okay=False, exists=True), help="The folder with the uploads.")
@where_to
def wordpress(file: Path, attachments: Path | None, **options: Any) -> None:
    """Bring in a WordPress export: posts, pages, authors, categories, tags, dates, and pictures when their folder is given."""
    export, records = wxr.read(file, clock.now())
    report = _arrive(records, attachments, export.total, **options)
    report.problems += export.problems
    report.ignored |= export.ignored
    _say(report, **options)


@imports.command("markdown")
@click.argument("folder", type=click.Path(path_type=Path))
@where_to
def markdown_folder(folder: Path, **options: Any) -> None:
    """Bring in a folder of Markdown files as Hexo and Hugo keep them, with the pictures beside them."""
    total, records = markdown.read(folder)
    _say(_arrive(records, markdown.whole(folder), total, **options), **options)


@imports.command("jsonl")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--media", type=click.Path(path_type=Path, file_okay=False, exists=True), help="The folder with pictures and documents.")
@where_to
def json_lines(file: Path, media: Path | None, **options: Any) -> None:
    """Bring back what `unionhall export jsonl` wrote: every article in its state, with its revisions; orgs and sections."""
    now, tried = clock.now(), options["dry_run"]
    source, entries = jsonl_reading.read(file)
    pictures = Pictures(media, actor=SYSTEM, now=now, dry_run=tried, elsewhere=here.already(SYSTEM))
    with closing(pictures), progress(source.total, **options) as step:
        report = Restoration(file, source, _to(now, **options), pictures).take(entries, step)
    _say(report, **options)


def _to(now: datetime, **options: Any) -> Destination:
    org, section = chosen_org(options["org_slug"]), chosen_section(options["section_slug"])
    return Destination(org.id, section.id, SYSTEM, now, options["dry_run"])


def _arrive(records: Iterable[Record | Problem], folder: Path | None, total: int, **options: Any) -> ImportReport:
    now, tried = clock.now(), options["dry_run"]
    pictures = Pictures(folder, actor=SYSTEM, now=now, dry_run=tried)
    with closing(pictures), progress(total, **options) as step:
        return Arrival(_to(now, **options), pictures).take(records, step)


@contextmanager
def progress(total: int, *, as_json: bool = False, **_options: Any) -> Iterator[Callable[..., None]]:
    """Give a function that shows how many items are done (and of how many, once that is known), as a bar on a terminal."""
    if as_json or not sys.stderr.isatty():
        yield lambda done, of=0: None
        return
    with click.progressbar(length=total, file=sys.stderr, show_pos=True) as bar:

        def step(done: int, of: int = 0) -> None:
            bar.length = of or bar.length
            bar.update(done - bar.pos)

        yield step


def _say(report: ImportReport, **options: Any) -> None:
    if options["as_json"]:
        click.echo(json.dumps(report.as_json(), ensure_ascii=False))
        return
    for problem in report.problems:
        click.echo(f"! {problem.line}: {problem.item}: {problem.message}")
    for kind, number in sorted(report.places.items()):
        click.echo(f"+ {kind}: {number}")
    for kind, number in sorted(report.ignored.items()):
        click.echo(f"- {kind}: {number}")
    verb = "would create" if options["dry_run"] else "created"
    click.echo(f"{verb} {report.created}, updated {report.updated}, skipped {report.skipped}, to check {len(report.problems)}")


def _read(file: Path) -> str:
    try:
        with file.open("rb") as source:
            data = source.read(newspaper.MAX_BYTES + 1)
    except OSError as error:
        raise PageRefused(_("读不了文件“%(file)s”：%(why)s", file=str(file), why=error.strerror or ""), code="file-unreadable") from error
    return newspaper_import.read(data)


def chosen_org(slug: str | None) -> Org:
    """Return the org with this address, the root without one. Raises NotFound."""
    try:
        return orgs.by_slug(slug) if slug else orgs.root()
    except NotFound:
        raise NotFound(_("没有网址是“%(slug)s”的组织。", slug=slug or ""), code="org-not-found") from None


def chosen_section(slug: str | None) -> Section:
    """Return the section with this address, without one the first that takes articles. Raises NotFound."""
    if slug is None:
        found = db.session().scalars(select(Section).where(Section.open).order_by(Section.position, Section.id)).first()
        if found is None:
            raise NotFound(_("还没有在收稿的栏目。"), code="section-not-found")
        return found
    try:
        return queries.section(slug)
    except NotFound:
        raise NotFound(_("没有网址是“%(slug)s”的栏目。", slug=slug), code="section-not-found") from None


def _print(report: Report, *, dry_run: bool) -> None:
    for item in report.items:
        state = "!" if item.problem else "=" if not item.new else "+"
        click.echo(f"{state} {item.story.line}: {item.story.headline} ({item.names})")
        for message in item.messages:
            click.echo(f"    {message}")
    for message in report.leftovers:
        click.echo(f"? {message}")
    counts = report.counts()
    verb = "would create" if dry_run else "created"
    click.echo(f"{verb} {counts['created']}, updated {counts['updated']}, skipped {counts['skipped']}, to check {len(counts['problems'])}")
