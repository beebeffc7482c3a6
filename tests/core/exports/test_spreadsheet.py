"""Spreadsheets: what is written is what is read, and nothing in them is run."""

from __future__ import annotations

import csv
import stat
from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from unionhall.base import spreadsheet

FORMULAS = ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "\nx", "＝1", "＋1", "－1", "＠x", " =1", "\u3000＝1", "\u00a0=1", "\ufeff=1", "\u200b@x",
            '=HYPERLINK("http://x")', "=cmd|' /C calc'!A0"]  # fmt: skip


def read(path):
    return CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()


def test_xlsx_says_what_was_written(tmp_path):
    path = tmp_path / "a.xlsx"
    rows = [
        ["330199198805010019", "013900001234", 42, 1.5, date(2026, 5, 14), datetime(2026, 5, 13, 23, 30, tzinfo=UTC), None, "http://x"],
        ["33019919880501001X", "", 10**16, -3, None, None, "末", "1\n2"],
    ]
    assert spreadsheet.xlsx(path, ["证件号", "电话", "数", "小数", "日", "时", "空", "文"], rows, ["用途：=准考证"]) == 2
    found = read(path)
    assert found[0] == ["证件号", "电话", "数", "小数", "日", "时", "空", "文"]
    assert found[1] == ["330199198805010019", "013900001234", 42, 1.5, date(2026, 5, 14), datetime.fromisoformat("2026-05-14 07:30"), "", "http://x"]
    assert found[2] == ["33019919880501001X", "", "10000000000000000", -3, "", "", "末", "1\n2"]
    assert found[4][0] == "用途：=准考证"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path], "nothing is left beside it"


@pytest.mark.parametrize("cell", FORMULAS)
def test_a_formula_is_text_in_both_kinds(tmp_path, cell):
    spreadsheet.xlsx(tmp_path / "a.xlsx", ["名", cell], [["x", cell]], [cell])
    spreadsheet.csv_file(tmp_path / "a.csv", ["名", cell], [["x", cell]], [cell])
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.reader(file))
    for found in (read(tmp_path / "a.xlsx"), lines):
        assert str(found[0][1]).startswith("'")
        assert str(found[1][1]).startswith("'")
        assert str(found[3][0]).startswith("'")


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.text(max_size=40), min_size=1, max_size=6))
def test_no_text_breaks_a_file(tmp_path_factory, cells):
    place = tmp_path_factory.mktemp("any")
    spreadsheet.xlsx(place / "a.xlsx", ["x"] * len(cells), [cells])
    spreadsheet.csv_file(place / "a.csv", ["x"] * len(cells), [cells])
    assert len(read(place / "a.xlsx")) == 2
    with (place / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        assert not [cell for row in csv.reader(file) for cell in row if cell.startswith(spreadsheet.DANGEROUS)]


def test_csv_keeps_long_digits(tmp_path):
    spreadsheet.csv_file(tmp_path / "a.csv", ["号"], [["330199198805010019"], ["007"], ["13900001234"], [5], ["33019919880501001X"]])
    assert (tmp_path / "a.csv").read_text("utf-8-sig").splitlines()[1:] == ["'330199198805010019", "'007", "13900001234", "5", "33019919880501001X"]


def test_a_file_that_is_there_is_not_written_over(tmp_path):
    (tmp_path / "a.csv").write_text("x")
    with pytest.raises(FileExistsError):
        spreadsheet.csv_file(tmp_path / "a.csv", ["x"], [])
