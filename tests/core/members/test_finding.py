"""Finding people below an org for plugins that hand something to them."""

from __future__ import annotations

import pytest

from unionhall.orgs.models import OrgKind
from unionhall.plugin import find_members


@pytest.fixture
def people(work, make):
    with work():
        city, far = make.org(name="桐湾市总工会"), make.org(name="青禾市总工会")
        firm = make.org(city, OrgKind.ENTERPRISE, "恒渡机电工会")
        rows = [
            make.member(firm, name="何秀英", mobile="13900001234", account=True), make.member(city, name="何一舟"), make.member(far, name="何远"),
            make.member(firm, name="何停", status="suspended"),
        ]  # fmt: skip
        return city.path, [row.id for row in rows]


def test_people_at_and_below_an_org_are_found_by_name_number_or_id(work, people):
    path, (first, second, far, stopped) = people
    with work():
        assert {row.id for row in find_members(path, words="何")} == {first, second}
        assert [(row.name, row.union, "*" in row.mobile, row.account_id is None) for row in find_members(path, words="13900001234")] == [
            ("何秀英", "恒渡机电工会", True, False)
        ]
        assert [row.id for row in find_members(path, ids=[first, far, stopped])] == [first]
        assert [row.id for row in find_members(path, words="一舟", ids=[first])] == []
        assert (find_members(path), find_members(path, words=" "), find_members(path, words="%")) == ([], [], [])
        assert len(find_members(path, words="何", limit=1)) == 1
