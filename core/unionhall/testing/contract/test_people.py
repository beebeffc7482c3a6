"""Personal data: who keeps something about people says so, shows it and can erase it, once and again."""

from __future__ import annotations

import json
from collections.abc import Iterator

import sqlalchemy as sa

from unionhall.base import clock, db
from unionhall.hooks.people import Kept, Person
from unionhall.testing.contract.house import House

PEOPLE = {"members_member", "accounts_account"}


def test_tables_about_people_are_personal_data(plugin: House) -> None:
    """A table that points to a member or an account needs `unionhall_personal_data`."""
    about = [table.name for table in plugin.tables if _columns(table)]
    if about:
        assert plugin.offered("unionhall_personal_data"), (
            f"{', '.join(about)} points to people: implement unionhall_personal_data, so that they can see and erase what it holds"
        )


def _columns(table: sa.Table) -> list[sa.Column[object]]:
    return [column for column in table.columns for key in column.foreign_keys if key.column.table.name in PEOPLE]


def test_personal_data_is_shown_and_erased_twice(plugin: House) -> None:
    """`export` gives JSON values, also for somebody of whom nothing is known; `erase` may be called again."""
    kinds = plugin.offered("unionhall_personal_data")
    for person in [*_people(plugin)][:12]:
        for kind in kinds:
            with plugin.app.test_request_context("/"), db.unit_of_work():
                json.dumps(kind.export(person), ensure_ascii=False)
                for _again in range(2):
                    kept = list(kind.erase(person, clock.now()))
                    db.session().flush()
                    assert all(isinstance(item, Kept) for item in kept), f"{kind.name}: erase() returns Kept values"
                    assert all(str(item.what).strip() and str(item.why).strip() for item in kept), f"{kind.name}: say what stays and why"
                json.dumps(kind.export(person), ensure_ascii=False)


def _people(plugin: House) -> Iterator[Person]:
    """Yield a new member, an account alone, a member without account, and whoever the plugin's rows point to."""
    with plugin.app.app_context(), db.unit_of_work() as session:
        make = plugin.make
        member, other = make.member(account=True), make.member()
        yield Person(member.account_id, member.id)
        yield Person(account_id=make.account().id)
        yield Person(member_id=other.id)
        for table in plugin.tables:
            for column in _columns(table):
                where = next(key.column.table.name for key in column.foreign_keys)
                statement = sa.select(column).where(column.is_not(None)).distinct().limit(2)
                numbers: list[int] = [row[0] for row in session.connection().execute(statement)]  # type: ignore[misc]
                for number in numbers:
                    yield Person(member_id=number) if where == "members_member" else Person(account_id=number)
