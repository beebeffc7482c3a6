"""`unionhall themes …`: list them, choose one, check one, begin a new one."""

from __future__ import annotations

import json
from pathlib import Path

import click
from flask import current_app
from flask_babel import gettext as _

from unionhall.base import clock, db
from unionhall.base.errors import NotFound
from unionhall.hooks.types import SYSTEM
from unionhall.host import theme_check
from unionhall.host.looks import looks
from unionhall.host.themes import Theme, read
from unionhall.themes import making, queries, services


@click.group("themes")
def theme_commands() -> None:
    """Themes: list, use, check, new."""


@theme_commands.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print a machine-readable answer.")
def list_themes(as_json: bool) -> None:
    """Show every installed theme and its state."""
    rows = [
        {
            "name": card.theme.name, "label": card.theme.label, "version": card.theme.version, "parent": card.theme.parent,
            "state": card.state, "faults": [f"{fault.reason} {fault.remedy}" for fault in card.theme.faults],
        }
        for card in queries.cards()
    ]  # fmt: skip
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        click.echo(f"{row['name']} {row['version']}: {row['state']}" + "".join(f"\n  {line}" for line in row["faults"]))


@theme_commands.command("use")
@click.argument("name")
def use(name: str) -> None:
    """Make a theme the site's, in every process, without a restart."""
    with db.unit_of_work():
        changed = services.choose(name, actor=SYSTEM, now=clock.now())
    click.echo(_("主题换成了 %(name)s。", name=name) if changed else _("网站已经在用 %(name)s。", name=name))


@theme_commands.command("check")
@click.argument("name")
def check(name: str) -> None:
    """Judge an installed theme, or one in a folder; exit code 1 when it would be refused."""
    theme, every = _wanted(name)
    faults = list(theme_check.judge(theme, every, current_app.jinja_env))
    for fault in faults:
        click.echo(f"{fault.reason} {fault.remedy}")
    if faults:
        raise click.exceptions.Exit(1)
    click.echo(_("主题 %(name)s 可以用。", name=theme.name))


def _wanted(name: str) -> tuple[Theme, dict[str, Theme]]:
    every = dict(looks().every)
    if "/" not in name and "." not in name and name in every:
        return every[name], every
    found = [path.parent for pattern in ("theme.toml", "*/theme.toml") for path in sorted(Path(name).glob(pattern))]
    if not found:
        raise NotFound(_("没有安装主题“%(name)s”，那里也没有放着主题的文件夹。", name=name))
    theme = read(found[0].resolve().name.removeprefix("unionhall_theme_"), found[0].resolve())
    return theme, every | {theme.name: theme}


@theme_commands.command("new")
@click.argument("name")
@click.option("--into", type=click.Path(path_type=Path), default=Path(), help="The folder in which to make it.")
def new(name: str, into: Path) -> None:
    """Write a theme to begin with: a distribution that passes `themes check`."""
    made = making.make(name, into)
    told = {"path": made, "name": name}
    click.echo(_("主题写在 %(path)s 里。下一步：pip install -e %(path)s，重启网站，再 unionhall themes use %(name)s。", **told))
