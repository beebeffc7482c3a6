"""Numbers, days and names, whatever people and spreadsheets make of them."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))
from unionhall.members import identity, names, roster_checks
from unionhall.members.imports import columns, reading
from unionhall.members.imports.parsing import day
from unionhall.testing.rosters import person_number

WIDE = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
NOISE = st.sampled_from([" ", "\u3000", "\u00a0", "-", "\t", "–"])


@given(st.integers(0, 27_999), st.booleans(), st.lists(st.tuples(st.integers(0, 18), NOISE), max_size=5))
def test_a_good_number_is_good_however_it_is_written(serial, wide, noise):
    number = person_number(serial)
    written = number.translate(WIDE) if wide else number.lower()
    for place, mark in noise:
        written = written[:place] + mark + written[place:]
    folded = identity.folded(written)
    assert folded == number
    assert roster_checks.id_problem(folded, "resident") == ""


@given(st.integers(0, 27_999), st.integers(0, 17), st.sampled_from("0123456789"))
def test_one_wrong_digit_is_always_found(serial, place, digit):
    number = person_number(serial)
    changed = number[:place] + digit + number[place + 1 :]
    assert (roster_checks.id_problem(changed, "resident") == "") is (changed == number)


@given(st.integers(0, 27_999))
def test_what_a_spreadsheet_made_a_number_of_is_told_as_destroyed(serial):
    number = person_number(serial)[:17] + "0"
    as_cell = reading.cell(float(number))
    assert roster_checks.id_problem(identity.folded(as_cell), "resident") == "id-destroyed"


@given(st.text(max_size=60))
def test_any_text_is_answered_and_never_breaks(text):
    assert roster_checks.id_problem(identity.folded(text), "resident").startswith("id-") or len(identity.folded(text)) == 18
    roster_checks.id_problem(identity.folded(text), "passport")
    roster_checks.mobile_problem(roster_checks.folded_mobile(text))
    day(text)
    names.name_key(names.tidied(text))
    columns.field_of(text)
    reading.cell(text)


@given(st.one_of(st.floats(), st.integers(), st.booleans(), st.dates(), st.none()))
def test_any_cell_becomes_text(value):
    if value in (float("inf"), float("-inf")) or value != value:
        return
    assert isinstance(reading.cell(value), str)


@pytest.mark.parametrize("text", ["2026-05-14", "2026/5/14", "2026.5.14", "2026年5月14日", "２０２６年５月１４日", "20260514", "46156", "2026-05-14 00:00:00"])
def test_a_day_in_every_way_it_is_written(text):
    assert day(text) == date(2026, 5, 14)


@pytest.mark.parametrize("text", ["", "2026-13-01", "2026-02-30", "昨天", "14/05/2026", "0"])
def test_what_is_no_day(text):
    assert day(text) is None


@pytest.mark.parametrize(("heading", "field"), [
    ("*姓名", "name"), ("身份证号（18位）", "id"), ("联系电话：", "mobile"), ("工会名称", "org"), ("Ｉ Ｄ", "id"), ("出生日期", ""), ("", ""),
])  # fmt: skip
def test_headings_are_known_by_what_they_mean(heading, field):
    assert columns.field_of(heading) == field


@pytest.mark.parametrize(("name", "wrong"), [
    ("林晓棠", ""), ("阿依古丽·买买提", ""), ("㼆𠮷", ""), ("", "empty"), ("=1+1", "formula"), ("＠x", "formula"), ("#N/A", "formula"), ("\ue123", "private"),
    ("0", "digits"), ("字" * 61, "long"),
])  # fmt: skip
def test_names_that_can_be_stored(name, wrong):
    assert names.problem(names.tidied(name)) == wrong
