"""`unionhall plugins export` and `purge`: a plugin's data taken along, and everything of it removed."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click
from flask_babel import gettext as _
from flask_babel import ngettext

from unionhall.base import clock, db
from unionhall.hooks.types import SYSTEM
from unionhall.system import plugin_data, purging
from unionhall.system.cli_plugins import plugin_commands


@plugin_commands.command("export")
@click.argument("name")
@click.argument("target", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print a machine-readable answer.")
def export(name: str, target: Path, as_json: bool) -> None:
    """Write a plugin's tables and files into a zip that is readable without UnionHall."""
    done = _export(name, target)
    if as_json:
        click.echo(json.dumps({"plugin": name, "file": str(target), "rows": done.rows, "files": done.files, "missing": list(done.missing)}))
    else:
        click.echo(ngettext("导出了 %(num)d 行数据：%(file)s", "导出了 %(num)d 行数据：%(file)s", done.rows, file=target))


@plugin_commands.command("purge")
@click.argument("name")
@click.option("--export", "target", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), help="Export the data first.")
@click.option("--no-export", is_flag=True, help="The data is not wanted.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="Print a machine-readable answer.")
def purge(name: str, target: Path | None, no_export: bool, yes: bool, as_json: bool) -> None:
    """Remove a plugin's tables and everything that is kept under its name. The audit trail stays."""
    if (target is None) is not no_export:
        raise click.UsageError(_("请说明要不要先导出数据：--export FILE 或者 --no-export。"))
    purging.check(name)
    found = plugin_data.counted(name)
    db.session().rollback()
    if not yes:
        for table in found:
            click.echo(f"{table.name} {table.rows}", err=True)
        typed = click.prompt(_("这些数据会全部删除，不能恢复。输入插件的名称“%(name)s”确认", name=name), err=True)
        if typed != name:
            raise click.Abort
    if target:
        _export(name, target)
    with db.unit_of_work():
        purging.purge(name, actor=SYSTEM, now=clock.now())
    rows = sum(table.rows for table in found)
    answer = {"plugin": name, "tables": len(found), "rows": rows, "export": str(target or "")}
    click.echo(json.dumps(answer) if as_json else _("“%(name)s”已清除。", name=name))


def _export(name: str, target: Path) -> plugin_data.Written:
    """Write beside the file first: one that stands there under its name is whole."""
    part = target.with_name(f".{target.name}.part")
    with open(part, "wb", opener=_private) as file, db.unit_of_work():
        done = purging.export(name, file, actor=SYSTEM, now=clock.now())
    part.replace(target)
    return done


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
