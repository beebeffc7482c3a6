"""`unionhall accounts`: what the server's administrator does from the command line."""

from __future__ import annotations

import json

import pytest

from unionhall.accounts import services
from unionhall.accounts.cli import accounts
from unionhall.base import db
from unionhall.base.errors import NotFound, RuleBroken, UnionHallError
from unionhall.hooks.types import Role


@pytest.fixture
def run(app, runner):
    """Return `run(*arguments)`: the command's output; what it refuses is raised as the command's main sees it."""

    def invoke(*arguments):
        with app.app_context():
            result = runner.invoke(accounts, arguments)
            db.session().remove()
        if isinstance(result.exception, UnionHallError):
            raise result.exception
        assert result.exit_code == 0, result.output
        return result.output.strip()

    return invoke


@pytest.mark.both
def test_an_account_is_made_with_a_link_that_works_once(client, post, run, work, make, new):
    with work():
        make.org(name="青禾市总工会", slug="qinghe")
    link = run("create", "lin", "--name", "林晓棠", "--org", "qinghe", "--role", "editor", "--email", "lin@example.org")
    path = link.removeprefix("http://127.0.0.1:8000")
    assert post(client, path, password=new, again=new).status_code == 303
    assert client.get(path).status_code == 404
    assert json.loads(run("list", "--json")) == [
        {"login": "lin", "name": "林晓棠", "org": "qinghe", "enabled": True, "roles": ["editor@qinghe"]}
    ]


def test_a_new_link_voids_the_one_before(client, run, editor):
    first, second = (run("invite", "guyan").removeprefix("http://127.0.0.1:8000") for _ in range(2))
    assert (client.get(first).status_code, client.get(second).status_code) == (404, 200)


def test_disabling(client, login, run, editor):
    login(client, editor)
    run("disable", "guyan")
    assert client.get("/desk/").status_code == 302
    assert run("list").endswith("(disabled)")


@pytest.mark.parametrize(
    ("arguments", "refusal", "code"),
    [
        (("invite", "nobody"), NotFound, 4), (("disable", "nobody"), NotFound, 4), (("create", "x", "--org", "nowhere"), NotFound, 4),
        (("create", "guyan"), RuleBroken, 3), (("create", "a b"), RuleBroken, 3), (("create", "x", "--name", "字" * 61), RuleBroken, 3),
    ],
)  # fmt: skip
def test_what_it_refuses_has_an_exit_code(run, editor, arguments, refusal, code):
    with pytest.raises(refusal) as raised:
        run(*arguments)
    assert raised.value.exit_code == code


def test_the_last_system_administrator_is_not_disabled(run, work, make):
    with work():
        make.account(Role.SYSTEM_ADMIN, login="boss")
    with pytest.raises(RuleBroken):
        run("disable", "boss")
    with work():
        assert services.by_login("boss").enabled
