"""The `unionhall` command: assembly of what core and features offer on the command line."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from datetime import datetime
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import click
from flask import Flask, current_app

from unionhall.base import clock, db
from unionhall.base.errors import UnionHallError
from unionhall.host import migrations, truth
from unionhall.host.registry import SAFE, host, safe_start
from unionhall.orgs.models import OrgKind
from unionhall.platform import audit, jobs


def needs_no_site(words: Sequence[str]) -> bool:
    """Say whether a command works in any folder: without a database, settings or plugins."""
    return list(words[:2]) == ["plugins", "new"] or (words[:1] == ["verify"] and any(word in Verifiers.names() for word in words[1:2]))


class Commands(click.Group):
    """Core's commands and, once the application is built, those of features and plugins."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        self._extend(ctx)
        return super().list_commands(ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        self._extend(ctx)
        return super().get_command(ctx, cmd_name)

    def _extend(self, ctx: click.Context) -> None:
        if ctx.obj is not None or needs_no_site(sys.argv[1:]):
            return
        if "--safe" in sys.argv:
            os.environ[SAFE] = "1"  # the processes that this one starts do without plugins, too
        ctx.obj = _application(safe_start())
        for _found, command in ctx.obj.extensions["unionhall.host"].gather("unionhall_commands"):
            known = self.commands.get(command.name)
            if isinstance(known, click.Group) and isinstance(command, click.Group):
                known.commands.update(command.commands)
            else:
                self.add_command(command)

    def invoke(self, ctx: click.Context) -> Any:
        self._extend(ctx)
        if ctx.obj is None:
            return super().invoke(ctx)
        with ctx.obj.app_context():
            return super().invoke(ctx)


def _application(safe: bool) -> Flask:
    from unionhall.app import create_app

    return create_app(plugins=not safe)


def main() -> None:
    """Run a command; a refusal becomes a sentence (or JSON with --json) and its exit code."""
    try:
        code = cli.main(standalone_mode=False)
    except click.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except UnionHallError as error:
        if "--json" in sys.argv:
            click.echo(json.dumps({"error": {"code": error.code, "message": str(error)}}, ensure_ascii=False))
        else:
            click.echo(f"{error.code}: {error}", err=True)
        sys.exit(error.exit_code)
    sys.exit(code if isinstance(code, int) else 0)


@click.group(cls=Commands)
@click.option("--safe", is_flag=True, help="Start with no plugin.")
def cli(safe: bool) -> None:
    """UnionHall 职工之家."""


@cli.group("db")
def database() -> None:
    """Tables: upgrade, downgrade, status."""


@database.command("upgrade")
@click.argument("owner", required=False)
def db_upgrade(owner: str | None) -> None:
    """Bring the core's and every plugin's tables to the newest revision."""
    migrations.upgrade(owner)
    _tell(owner)


@database.command("downgrade")
@click.argument("owner")
@click.argument("revision")
def db_downgrade(owner: str, revision: str) -> None:
    """Take an owner's tables back to a revision ("base" removes them)."""
    migrations.downgrade(owner, revision)
    _tell(owner)


def _tell(owner: str | None) -> None:
    """Let every process look again whose tables are as new as their code."""
    if owner != migrations.CORE:
        with db.unit_of_work():
            truth.changed()


@database.command("revise", hidden=True)
@click.argument("owner")
@click.argument("message")
def db_revise(owner: str, message: str) -> None:
    """Write a new revision from the models (for developers)."""
    migrations.revise(owner, message)


@database.command("status")
@click.argument("owner", required=False)
@click.option("--json", "as_json", is_flag=True)
def db_status(owner: str | None, as_json: bool) -> None:
    """Say where everybody's tables stand, or one plugin's; exit code 1 when a migration waits."""
    found = migrations.status(owner)
    if as_json:
        click.echo(json.dumps([item.__dict__ | {"up_to_date": item.up_to_date} for item in found]))
    else:
        for item in found:
            click.echo(f"{item.owner}: {item.current or '-'} / {item.head or '-'}")
    if not all(item.up_to_date for item in found):
        raise click.exceptions.Exit(1)


@cli.group("plugins")
def plugins() -> None:
    """Plugins: new, list, show, enable, disable, order, release, export, purge."""


@plugins.command("new")
@click.argument("name")
@click.option("--folder", type=click.Path(path_type=Path), help="Where it is written; unionhall-NAME unless given.")
@click.option("--label", default="新插件", show_default=True, help="What people read in menus.")
def plugins_new(name: str, folder: Path | None, label: str) -> None:
    """Write a new plugin as a distribution of its own: small, complete, with tests. Needs no site."""
    from unionhall.app import FEATURES
    from unionhall.scaffold import writing

    target = folder or Path(f"unionhall-{name.replace('_', '-')}")
    written = writing.write(name, label, target, writing.taken() | set(FEATURES))
    click.echo(f"{target}: {len(written)} files\nNext: cd {target}; pip install -e '.[dev]'; pytest; read README.md")


@cli.group("jobs")
def job_commands() -> None:
    """Jobs: list, run, retry."""


@job_commands.command("list")
@click.option("--json", "as_json", is_flag=True)
def jobs_list(as_json: bool) -> None:
    """Show every job, when it ran last and runs next, and how it ended."""
    states, now = jobs.states(), clock.now()
    rows = [_job_row(job, states.get(job.name), now) for job in all_jobs()]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        running = ", running now" if row["running"] else ""
        click.echo(f"{row['name']} every {row['every']:g} s, last {row['last_run'] or '-'}{running} {row['error']}".rstrip())


def _job_row(job: Any, state: jobs.JobState | None, now: datetime) -> dict[str, Any]:
    last, due = (state.last_run, state.due_at) if state else (None, None)
    return {
        "name": job.name, "every": job.every.total_seconds(), "last_run": last.isoformat() if last else None,
        "next_run": due.isoformat() if due else None, "running": state is not None and state.running(now),
        "ms": state.last_ms if state else 0, "failures": state.failures if state else 0, "error": state.last_error if state else "",
    }  # fmt: skip


@job_commands.command("run")
@click.argument("name")
def jobs_run(name: str) -> None:
    """Run one job now, whatever its due time; exit code 1 when it fails, 6 while a worker runs it."""
    job = next((job for job in all_jobs() if job.name == name), None)
    if job is None:
        raise click.BadParameter(f"no job {name!r}")
    if not jobs.run_now(job, clock.now()):
        state = jobs.last_run(name)
        raise click.ClickException(state.last_error if state else "failed")


class Verifiers(click.Group):
    """`unionhall verify` is about this site; `unionhall verify NAME FILE` about a file that anybody's site published: packages bring
    such a command as an entry point of `unionhall.verifiers`. It is given no site, and runs wherever the package is installed."""

    GROUP = "unionhall.verifiers"

    @classmethod
    def names(cls) -> set[str]:
        """Return what can be verified without a site."""
        return {point.name for point in entry_points(group=cls.GROUP)}

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(self.names())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        found: click.Command | None = next((point.load() for point in entry_points(group=self.GROUP, name=cmd_name)), None)
        return found


@cli.group("verify", cls=Verifiers, invoke_without_command=True)
@click.option("--expect", help="A head published earlier, N:HASH; shows a tail that was cut.")
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
def verify(ctx: click.Context, expect: str | None, as_json: bool) -> None:
    """Recompute the audit chain; exit code 1 names the first bad line. With a name: check a published file, which needs no site."""
    if ctx.invoked_subcommand is None:
        _verify_trail(expect, as_json)


def _verify_trail(expect: str | None, as_json: bool) -> None:
    head = None
    if expect:
        number, _colon, digest = expect.partition(":")
        if not number.isdigit() or len(digest) != 64:
            raise click.BadParameter("expected N:HASH with a hash of 64 hex digits", param_hint="--expect")
        head = (int(number), digest)
    verdict = audit.verify(head)
    if as_json:
        click.echo(json.dumps(verdict.__dict__ if hasattr(verdict, "__dict__") else _plain(verdict)))
    elif verdict.bad is None:
        click.echo(f"ok: {verdict.checked} lines, head {verdict.checked}:{verdict.head}")
    else:
        click.echo(f"BROKEN at line {verdict.bad}: {verdict.reason}", err=True)
    if verdict.bad is not None:
        raise click.exceptions.Exit(1)


def _plain(verdict: audit.Verdict) -> dict[str, Any]:
    return {"checked": verdict.checked, "head": verdict.head, "bad": verdict.bad, "reason": verdict.reason}


def all_jobs() -> list[Any]:
    """Return every job of core and of the plugins that are enabled now."""
    return host().collect("unionhall_jobs")


@cli.command("check")
@click.option("--deploy", is_flag=True, help="Also judge the settings for a public site.")
@click.option("--json", "as_json", is_flag=True)
def check(deploy: bool, as_json: bool) -> None:
    """Check the site; exit code 1 when an error is found. Every finding has a stable id."""
    from unionhall.checks import run

    _report(run(deploy=deploy), as_json)


@cli.command("doctor")
@click.option("--deep", is_flag=True, help="Also read the whole database and recompute the audit trail.")
@click.option("--fix", is_flag=True, help="Remove files that nobody has needed for a day; try parked messages again. Asks first.")
@click.option("--yes", is_flag=True, help="With --fix: do not ask.")
@click.option("--json", "as_json", is_flag=True)
def doctor(deep: bool, fix: bool, yes: bool, as_json: bool) -> None:
    """Examine the running site: what is wrong, and what to do; exit code 1 when an error is found."""
    from unionhall.checks import examine, mending

    if fix:
        for line in mending.mend(lambda question: yes or click.confirm(question, err=True), clock.now()):
            click.echo(line, err=True)
    _report(examine(deep=deep), as_json)


def _report(findings: list[Any], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps([finding.__dict__ for finding in findings], ensure_ascii=False))
    else:
        for finding in findings:
            click.echo(f"{finding.id} {finding.level}: {finding.problem}\n    {finding.remedy}")
        click.echo(f"{len(findings)} findings")
    if any(finding.level == "error" for finding in findings):
        raise click.exceptions.Exit(1)


@cli.command("web")
@click.option("--host", "address", default="127.0.0.1")
@click.option("--port", default=8000, envvar="PORT")
def web(address: str, port: int) -> None:
    """Serve pages only; run `unionhall worker` beside it."""
    from unionhall.server import run_web

    run_web(current_app, address, port)


@cli.command("worker")
def worker() -> None:
    """Run due jobs until told to stop."""
    from unionhall.server import run_worker

    run_worker(all_jobs)


@cli.command("serve")
@click.option("--host", "address", default="127.0.0.1")
@click.option("--port", default=8000, envvar="PORT")
def serve(address: str, port: int) -> None:
    """Run web and worker together, for one machine."""
    from unionhall.server import supervise

    sys.exit(supervise(address, port))


@cli.command("init")
@click.option("--org", "org_name", default="总工会", show_default=True, help="Name of the root org.")
@click.option("--kind", type=click.Choice([kind.value for kind in OrgKind]), default="province", show_default=True)
@click.option("--admin", "login", help="Login of the first system administrator; prints a one-time link.")
def init(org_name: str, kind: str, login: str | None) -> None:
    """Create tables, root org and first section; with --admin, a one-time link for the first administrator."""
    from unionhall.setup import first_administrator_link, set_up

    set_up(org_name, OrgKind(kind))
    if login:
        click.echo(first_administrator_link(login))


@cli.command("demo")
def demo() -> None:
    """Load the invented demo content once, and print the demo accounts."""
    from unionhall.setup import load_demo

    for line in load_demo():
        click.echo(line)


