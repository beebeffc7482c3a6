"""Commands: `unionhall rewards reconcile`, `unionhall rewards settle`."""

from __future__ import annotations

import json
import re

import click
from flask_babel import gettext as _

from unionhall.plugin import RuleBroken, clock
from unionhall_rewards.settling import cutting, reconcile


@click.group("rewards")
def rewards() -> None:
    """Coupons, their money, and settling with stores."""


@rewards.command("reconcile")
@click.option("--json", "as_json", is_flag=True)
def reconcile_command(as_json: bool) -> None:
    """Prove that the accounts add up; the answer is kept as the hourly one is. Exit code 1 when they do not."""
    findings = reconcile.run(clock.now())
    if as_json:
        click.echo(json.dumps({"ok": not findings, "findings": findings}, ensure_ascii=False))
    else:
        for line in (*findings, reconcile.summary(findings)):
            click.echo(line)
    if findings:
        raise SystemExit(1)


@rewards.command("settle")
@click.option("--month", help="A month that is over, such as 2026-04; what is due unless given.")
def settle(month: str | None) -> None:
    """Cut the statements of a month for every store; those that are there already stay as they are."""
    now = clock.now()
    if month is None:
        made = cutting.settle(now)
    else:
        if not re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", month) or month >= f"{clock.local_day(now):%Y-%m}":
            raise RuleBroken(_("“%(month)s”不是已经过完的月份。请写成 2026-04 的样子。", month=month[:20]))
        made = cutting.cut_month(month, now=now)
    click.echo(_("出了 %(n)s 张结算单。", n=made))
