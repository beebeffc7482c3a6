"""`unionhall accounts`: for the server's administrator, on behalf of the system."""

from __future__ import annotations

import json
from typing import Any

import click
from sqlalchemy import select

from unionhall.accounts import administration, services
from unionhall.accounts.models import Account
from unionhall.base import clock, db
from unionhall.base.errors import NotFound
from unionhall.hooks.types import SYSTEM
from unionhall.host.assets import absolute
from unionhall.orgs import queries as orgs
from unionhall.platform.access import unscoped


@click.group("accounts")
def accounts() -> None:
    """Accounts: create, invite, disable, list."""


@accounts.command("create")
@click.argument("login")
@click.option("--name", help="The person's name; the login unless given.")
@click.option("--email", default="")
@click.option("--org", "slug", help="Slug of the org; the root org unless given.")
@click.option("--role", help="One of the core (editor, org_admin, …) or of a plugin (chapters.officer).")
def create(login: str, name: str | None, email: str, slug: str | None, role: str | None) -> None:
    """Create an account and print the one-time link to set its password."""
    now = clock.now()
    with db.unit_of_work():
        org = orgs.by_slug(slug) if slug else orgs.root()
        account = administration.create_account(org, login=login, name=name or login, email=email, actor=SYSTEM, now=now)
        if role:
            if role not in administration.givable(SYSTEM):
                raise click.BadParameter(f"no role {role!r}; there are: {', '.join(administration.givable(SYSTEM))}", param_hint="--role")
            administration.grant(account, role, org, actor=SYSTEM, now=now)
        path = administration.invite(account, actor=SYSTEM, now=now)
    click.echo(absolute(path))


@accounts.command("invite")
@click.argument("login")
def invite(login: str) -> None:
    """Print a new one-time link to set a password."""
    with db.unit_of_work():
        path = administration.invite(_find(login), actor=SYSTEM, now=clock.now())
    click.echo(absolute(path))


@accounts.command("disable")
@click.argument("login")
def disable(login: str) -> None:
    """Lock an account out and end its sessions."""
    with db.unit_of_work():
        administration.disable(_find(login), actor=SYSTEM, now=clock.now())
    click.echo(f"{login}: disabled")


@accounts.command("list")
@click.option("--json", "as_json", is_flag=True)
def list_accounts(as_json: bool) -> None:
    """Show every account, its org and roles."""
    now = clock.now()
    rows: list[dict[str, Any]] = [
        {
            "login": account.login, "name": account.name, "org": account.org.slug, "enabled": account.enabled,
            "roles": [f"{grant.role}@{grant.org.slug}" for grant in account.grants if grant.in_force(now)],
        }
        for account in db.session().scalars(unscoped(select(Account).order_by(Account.login_key), why="command line"))
    ]  # fmt: skip
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        click.echo(f"{row['login']} {row['name']} {row['org']} {' '.join(row['roles'])}{'' if row['enabled'] else ' (disabled)'}")


def _find(login: str) -> Account:
    account = services.by_login(login)
    if account is None:
        raise NotFound(f"no account {login!r}")
    return account
