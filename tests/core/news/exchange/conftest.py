"""What tests of imports and exports start from."""

from __future__ import annotations

import json

import pytest

from unionhall.base import db
from unionhall.hooks.types import Role


@pytest.fixture
def command(app, runner):
    """Return a function that runs an import or export command and gives what it printed as JSON."""

    def run(group, *words):
        with app.app_context():
            done = runner.invoke(group, [*map(str, words), "--json"], catch_exceptions=False)
            db.session().remove()
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    return run


@pytest.fixture
def emptied(app, sites, database, work, make):
    """Return a function that makes this an empty site again, with the same people."""

    def empty(people=()):
        with app.app_context():
            sites(database).put_back()
            sites(database).forget()
        with work():
            for login, name in people:
                make.account(Role.EDITOR, login=login, name=name)

    return empty
