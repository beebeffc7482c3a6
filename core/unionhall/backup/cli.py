"""`unionhall backup` and `unionhall restore`."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from flask_babel import gettext as _

from unionhall.backup import checking, drill, keeping, making, restoring, returning
from unionhall.backup.archive import KEYS, TEMPLATES, Archive
from unionhall.backup.making import Progress
from unionhall.base import clock
from unionhall.base.errors import RuleBroken

as_json = click.option("--json", "as_json", is_flag=True, help="Print a machine-readable answer.")
file = click.argument("file", type=click.Path(path_type=Path))


class Backup(click.Group):
    """`unionhall backup FILE` is short for `unionhall backup make FILE`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in {*self.commands, "--help"}:
            args = ["make", *args]
        return super().parse_args(ctx, args)


@click.group("backup", cls=Backup)
def backup_commands() -> None:
    """The whole site in one file: make, verify, drill. `unionhall backup FILE` makes one."""


@backup_commands.command("make")
@click.argument("target", type=click.Path(path_type=Path), metavar="FILE|FOLDER")
@click.option("--keep", type=click.IntRange(min=1), help="In a folder: remove all but the newest N backups.")
@click.option("--with-keys", is_flag=True, help="Put the site's secret keys in; guard the file as you guard them.")
@as_json
def make(target: Path, keep: int | None, with_keys: bool, as_json: bool) -> None:
    """Write rows, files and template overrides into one file while the site runs."""
    now, folder = clock.now(), target if target.is_dir() else None
    if keep and folder is None:
        raise click.UsageError(_("--keep 要和一个文件夹一起用。"))
    made = making.make(keeping.name_in(folder, now) if folder else target, with_keys=with_keys, now=now, progress=_progress(as_json))
    gone = keeping.keep(folder, keep) if folder and keep else []
    if as_json:
        click.echo(json.dumps(asdict(made) | {"file": str(made.file), "removed": [str(path) for path in gone]}))
        return
    click.echo(_("备份好了：%(file)s", file=str(made.file)))
    click.echo(
        _("%(tables)s 个表，%(rows)s 行，%(files)s 个文件，%(bytes)s 字节，%(seconds)s 秒", tables=made.tables, rows=made.rows,
          files=made.files, bytes=made.bytes, seconds=made.seconds)
    )  # fmt: skip
    click.echo(f"SHA-256 {made.sha256}")
    click.echo(_keys_said(with_keys), err=True)
    if not made.noted:
        click.echo(_("注意：数据库现在写不进去，这次备份没有记进操作记录。"), err=True)


def _keys_said(inside: bool) -> str:
    if inside:
        return _("注意：备份里有站点的密钥。谁拿到这个文件，谁就能打开加密的内容，请像保管密钥一样保管它。")
    return _("注意：备份里没有站点的密钥（instance/secret.key）。没有它，加密的内容恢复后打不开，请另外保管好。")


@backup_commands.command("verify")
@file
@as_json
def verify(file: Path, as_json: bool) -> None:
    """Read a backup through and compare every byte with its checksums; exit code 3 names what is wrong."""
    with Archive(file) as archive:
        checked = checking.check(archive, _progress(as_json))
    about = checked.manifest
    if as_json:
        told = ("version", "made_at", "database", "heads", "rows", "files", "with_keys", "settings")
        found = {name: getattr(about, name) for name in told}
        click.echo(json.dumps({"ok": True, "sha256": checked.sha256, "own": checked.own, "tables": len(about.tables)} | found))
        return
    click.echo(
        _("完好：%(made)s 备份的，%(tables)s 个表，%(rows)s 行，%(files)s 个文件", made=_when(about.made_at), tables=len(about.tables),
          rows=about.rows, files=about.files)
    )  # fmt: skip
    click.echo(f"SHA-256 {checked.sha256}")
    click.echo(_("由本站的密钥签过。") if checked.own else _("不是用本站现在的密钥签的：来自别的站点、别的密钥，或者被人改过。"))


@backup_commands.command("drill")
@click.option("--work", type=click.Path(path_type=Path, file_okay=False, exists=True), help="Where to work; needs room for two copies.")
@click.option("--database-url", default="", help="An empty PostgreSQL database to restore into; SQLite unless given.")
@as_json
def drill_command(work: Path | None, database_url: str, as_json: bool) -> None:
    """Make a backup, restore it into a site of its own that is thrown away, and verify that; exit code 1 when it fails."""
    found = drill.drill(work, database_url, clock.now(), _progress(as_json))
    if as_json:
        click.echo(json.dumps(asdict(found), ensure_ascii=False))
    else:
        for line in drill.told(found):
            click.echo(line)
    if found.problems:
        raise click.exceptions.Exit(1)


@click.command("restore")
@file
@click.option("--force", is_flag=True, help="Overwrite a site that is not empty; asks for the database's name.")
@click.option("--templates", is_flag=True, help="Take template overrides although the backup was not signed with this site's key.")
@click.option("--with-keys", is_flag=True, help="Take the keys that are in the backup.")
@click.option("--plugin", help="Only the tables of this plugin, which was not installed at the time.")
@click.option("--only-files", is_flag=True, help="Only store the files that are missing; the site may be at work.")
@click.option("--finish", is_flag=True, help="Go on with a restore that broke off after the rows.")
@as_json
def restore(
    file: Path, force: bool, templates: bool, with_keys: bool, plugin: str | None, only_files: bool, finish: bool, as_json: bool
) -> None:
    """Bring a site back from a backup, into an empty site, on SQLite or PostgreSQL wherever it was made."""
    progress, now = _progress(as_json), clock.now()
    with Archive(file) as archive:
        if force:
            _confirm()
        checked = checking.check(archive, progress)
        if plugin:
            result = asdict(restoring.restore_plugin(archive, checked, plugin, now=now, progress=progress))
        else:
            keys = returning.read_keys(archive) if with_keys else None
            returning.require_room(archive)
            result = {}
            if finish:
                restoring.finish(checked)
            elif not only_files:
                result = asdict(restoring.restore_rows(archive, checked, force=force, now=now, progress=progress))
            result["files"] = returning.files(archive, progress)
            if not only_files:
                result |= _beside(archive, checked, keys, templates=templates)
    if as_json:
        click.echo(json.dumps(result, ensure_ascii=False))
    else:
        for line in _lines(result):
            click.echo(line)


def _beside(archive: Archive, checked: checking.Checked, keys: returning.Keys | None, *, templates: bool) -> dict[str, Any]:
    """Bring back templates and keys, as far as they may come; say what was left, and which settings differ."""
    may = checked.own or templates
    inside = sum(name.startswith(TEMPLATES) for name in archive.named)
    here = making.settings()
    return {
        "templates": returning.templates(archive) if may else 0, "templates_left": 0 if may else inside,
        "keys": [str(path) for path in returning.write_keys(keys)] if keys else [], "keys_left": KEYS in archive.named and not keys,
        "own": checked.own,
        "settings": {name: value for name, value in checked.manifest.settings.items() if name in here and here[name] != value},
    }  # fmt: skip


def _confirm() -> None:
    """Let somebody type the database's name: what is in it will be gone. Raises RuleBroken."""
    name = restoring.database_name()
    typed = click.prompt(_("数据库“%(name)s”里现有的内容会全部丢掉。要继续，请输入数据库的名字", name=name), err=True)
    if typed.strip() != name:
        raise RuleBroken(_("名字不对，什么都没有改。"), code="not-confirmed")


def _lines(result: dict[str, Any]) -> list[str]:
    """Say what came back and what is left to do."""
    lines = []
    if "rows" in result:
        lines.append(_("恢复好了：%(tables)s 个表，%(rows)s 行，逐行核对一致。", tables=result["tables"], rows=result["rows"]))
    if "files" in result:
        lines.append(_("%(files)s 个文件，%(templates)s 个模板。", files=result["files"], templates=result.get("templates", 0)))
    for name, number in result.get("aside", {}).items():
        lines.append(
            _("插件“%(name)s”没有安装，它的 %(number)s 个表还在备份里。装上以后运行：unionhall restore 备份文件 --plugin %(name)s",
              name=name, number=number)
        )  # fmt: skip
    if result.get("unknown"):
        lines.append(_("这些表没有人认领，还在备份里：%(tables)s", tables=", ".join(result["unknown"])))
    if result.get("templates_left"):
        lines.append(
            _("备份里的 %(number)s 个模板没有恢复：模板会在服务器上执行，而这份备份不是用本站的密钥签的。", number=result["templates_left"])
            + _("确认来源可靠后加上 --templates --finish。")
        )  # fmt: skip
    if result.get("own") is False and not result.get("keys"):
        lines.append(_("注意：本站的密钥和备份时不同，加密的内容（动态口令等）打不开。请把原来的 secret.key 放回 instance 文件夹。"))
    if result.get("keys_left"):
        lines.append(_("备份里有密钥，没有采用。要采用请加上 --with-keys --finish。"))
    lines += [_("密钥已写入 %(file)s，请重新启动。", file=path) for path in result.get("keys", [])]
    told = {name: json.dumps(value, ensure_ascii=False) for name, value in result.get("settings", {}).items()}
    lines += [_("备份时的设置：%(name)s = %(value)s", name=name, value=value) for name, value in told.items()]
    if "settings" in result:
        lines.append(_("所有人都要重新登录；搜索索引由 worker 重新建立。"))
    return lines


def _when(moment: str) -> str:
    return f"{clock.local(datetime.fromisoformat(moment)):%Y-%m-%d %H:%M:%S}"


def _progress(as_json: bool) -> Progress:
    """Return what shows progress: one line that changes, on a terminal only."""
    if as_json or not sys.stderr.isatty():
        return lambda what, done: None
    return lambda what, done: click.echo(f"\r\033[K{what} {done}", nl=False, err=True)
