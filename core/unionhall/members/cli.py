"""Commands of the roster: `unionhall import roster`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
from flask_babel import gettext as _

from unionhall.base import clock, db
from unionhall.base.errors import Conflict, NotFound, RuleBroken
from unionhall.hooks.types import SYSTEM
from unionhall.members.imports import files, queries, running, services, words
from unionhall.members.imports.models import ImportState, RosterImport
from unionhall.orgs import queries as orgs

MOST_PROBLEMS = 1000


@click.group("import")
def imports() -> None:
    """Bring content in from elsewhere; what was imported before is skipped."""


@imports.command("roster")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--org", "org_slug", help="Whose roster (slug); the root org unless given.")
@click.option("--dry-run", is_flag=True, help="Report only; nothing is written.")
@click.option("--json", "as_json", is_flag=True)
def roster(file: Path, org_slug: str | None, dry_run: bool, as_json: bool) -> None:
    """Bring members in from a spreadsheet (.xlsx or .csv); lines that cannot be imported are listed."""
    found = _tried(file, org_slug)
    problems = [
        {"line": line.line, "column": words.column(line.field), "code": line.code, "message": words.told(line.code, line.detail)}
        for line in queries.some_problems(found.id, MOST_PROBLEMS)
    ]
    db.session().rollback()
    if not dry_run and found.count("new", "update"):
        with db.unit_of_work():
            services.apply(_read(found.id), actor=SYSTEM, now=clock.now())
        found = _done(found.id, ImportState.DONE)
    elif dry_run:
        with db.unit_of_work():
            services.cancel(_read(found.id), actor=SYSTEM, now=clock.now())
    _say(found.counts, problems, dry_run=dry_run, as_json=as_json)


def _tried(file: Path, org_slug: str | None) -> RosterImport:
    """Have a file tried, in this process. Raises RuleBroken, NotFound."""
    token = services.new_token()
    try:
        org = orgs.by_slug(org_slug) if org_slug else orgs.root()
    except NotFound:
        raise NotFound(_("没有网址是“%(slug)s”的组织。", slug=org_slug or ""), code="org-not-found") from None
    try:
        with file.open("rb") as source:
            files.keep(token, source)
    except OSError as error:
        raise RuleBroken(_("读不了文件“%(file)s”：%(why)s", file=str(file), why=error.strerror or ""), code="file-unreadable") from error
    with db.unit_of_work():
        asked = services.ask(org, token=token, file_name=file.name, actor=SYSTEM, now=clock.now())
        import_id = asked.id
    return _done(import_id, ImportState.TRIED)


def _done(import_id: int, wanted: ImportState) -> RosterImport:
    """Do what an import waits for and return it as it stands then. Raises RuleBroken with what went wrong, Conflict for a busy one."""
    held = running.take(clock.now(), import_id)
    if held is None:
        raise Conflict(_("这个导入正由别的进程处理。"))
    running.run(held)
    found = _read(import_id)
    if found.state == ImportState.COLUMNS:
        raise RuleBroken(_("认不出哪一列是姓名、哪一列是证件号码。请用模板里的标题。"), code="columns")
    if found.state != wanted:
        raise RuleBroken(found.error or _("没有做完。"), code="import-failed")
    return found


def _read(import_id: int) -> RosterImport:
    return queries.get(import_id, SYSTEM)


def _say(counts: dict[str, int], problems: list[dict[str, Any]], *, dry_run: bool, as_json: bool) -> None:
    made = {"created": counts.get("new", 0), "updated": counts.get("update", 0), "skipped": counts.get("unchanged", 0)}
    told = made | {"problems": problems}
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    for problem in problems:
        click.echo(f"! {problem['line']}: {problem['column']}: {problem['message']}")
    verb = "would create" if dry_run else "created"
    bad = counts.get("conflict", 0) + counts.get("invalid", 0)
    click.echo(f"{verb} {told['created']}, updated {told['updated']}, skipped {told['skipped']}, to check {bad}")
