"""Small numbers: what is hidden cannot be computed from what is shown."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from unionhall.reports.small import cover

CALM = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize(("cells", "hidden"), [
    ([], set()), ([0, 0], set()), ([5, 9], set()), ([3, 9, 20], {0, 1}), ([3, 4, 20], {0, 1}), ([1, 1, 20, 30], {0, 1, 2}),
    ([3, 0, 20], {0, 2}), ([3, 0], {0, 1}), ([1, 1], {0, 1}), ([1, 0, 0], {0, 1, 2}), ([3], {0}),
])  # fmt: skip
def test_examples(cells, hidden):
    assert cover(cells, 5).cells == hidden


def test_any_number_is_shown_where_nothing_is_small():
    assert cover([1, 2, 3], 0).cells == frozenset()


def test_one_cell_alone_hides_the_total():
    assert cover([3], 5).total
    assert not cover([3, 0], 5).total


@CALM
@given(st.lists(st.integers(0, 40), min_size=1, max_size=9), st.sampled_from([5, 10]))
def test_every_small_number_is_hidden_and_may_be_large(cells, small):
    found = cover(cells, small)
    hidden = [cells[at] for at in found.cells]
    assert all(at in found.cells for at, number in enumerate(cells) if 0 < number < small)
    if not hidden or found.total:
        return
    assert len(hidden) >= 2
    if len(hidden) < len(cells):
        assert sum(hidden) - (len(hidden) - 1) >= small, "as far as the total tells, each may be no small number at all"
    else:
        assert sum(hidden) > 0, "which of the cells it is, nobody can tell: each may be nothing"


@CALM
@given(st.lists(st.integers(0, 9), min_size=2, max_size=3))
def test_nobody_finds_a_hidden_number_by_trying_all(cells):
    """Brute force: of all columns with the same total, the same shown cells and the same hidden ones, no hidden cell is certain."""
    found = cover(cells, 5)
    if not found.cells or found.total:
        return
    total = sum(cells)
    places = sorted(found.cells)
    alike = []
    for guess in product(range(total + 1), repeat=len(places)):
        column = list(cells)
        for at, number in zip(places, guess, strict=True):
            column[at] = number
        if sum(column) == total and cover(column, 5).cells == found.cells:
            alike.append(guess)
    assert all(len({guess[at] for guess in alike}) > 1 or cells[places[at]] == 0 for at in range(len(places)))


@CALM
@given(st.lists(st.integers(0, 40), min_size=1, max_size=9), st.permutations(range(9)))
def test_the_order_of_orgs_tells_nothing_more(cells, order):
    places = [at for at in order if at < len(cells)]
    found, other = cover(cells, 5), cover([cells[at] for at in places], 5)
    assert sorted(cells[at] for at in found.cells) == sorted(cells[places[at]] for at in other.cells)
