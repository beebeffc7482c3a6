"""Identity numbers and mobiles: GB 11643 check digits, folding, masks."""

from __future__ import annotations

import pytest

from unionhall.members import identity, queries
from unionhall.members.models import Status
from unionhall.orgs.models import OrgKind


@pytest.mark.parametrize(
    ("number", "problem"),
    [
        ("11010519491231002X", ""),  # the standard's own example
        ("440524188001010014", ""),  # the standard's other example
        ("110105194912310021", "check"),
        ("11010519491331002X", "date"),
        ("11010519491231002", "length"),
        ("01010519491231002X", "form"),
        ("1101051949123100XX", "form"),
        ("１１０１０５１９４９１２３１００２Ｘ", ""),
        ("110105 19491231 002x", ""),
    ],
)
def test_a_resident_number_is_judged_by_the_standard(number, problem):
    assert identity.resident_problem(identity.folded(number)) == problem


def test_numbers_are_sealed_found_and_masked(work):
    with work():
        sealed = identity.seal_id("11010519491231002X")
        assert "1949" not in sealed
        assert identity.masked_id(sealed) == "1101**********002X"
        assert identity.masked_mobile(identity.seal_mobile("13800002617")) == "138****2617"
        assert identity.id_hash("11010519491231002X") != identity.mobile_hash("11010519491231002X")


def test_a_membership_covers_the_orgs_above_it(work, make):
    with work():
        city = make.org()
        district, other = make.org(city, OrgKind.DISTRICT), make.org(city, OrgKind.DISTRICT)
        member = make.member(district, account=True)
        idle = make.member(district, status=Status.SUSPENDED)
        assert queries.covers(member.id, city.path)
        assert not queries.covers(member.id, other.path)
        assert not queries.covers(idle.id, city.path)
