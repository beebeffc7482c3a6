"""Credit codes, PINs, codes: what is typed."""

from __future__ import annotations

import pytest

from unionhall_stations.tills import numbers


@pytest.mark.parametrize("code", ["91350100M000100Y43", "91110000600037341L"])
def test_published_credit_codes_pass(code):
    assert numbers.is_credit_code(code)


def test_a_credit_code_with_one_wrong_character_fails():
    good = "91350100M000100Y43"
    assert numbers.is_credit_code(good)
    for at in range(18):
        for mark in numbers.CREDIT:
            if mark != good[at]:
                assert not numbers.is_credit_code(good[:at] + mark + good[at + 1 :])
    assert not numbers.is_credit_code(good[:-1])
    assert not numbers.is_credit_code("91350100I000100Y43")


@pytest.mark.parametrize("pin", ["111111", "123456", "654321", "890123", "121212", "123123", "112233", "100100", "010101", "520131", "111112"])
def test_pins_that_everybody_tries_first(pin):
    assert numbers.is_trivial(pin)


@pytest.mark.parametrize("pin", ["358021", "904172", "284613"])
def test_other_pins(pin):
    assert numbers.is_pin(pin)
    assert not numbers.is_trivial(pin)


def test_new_pins_and_codes():
    pins, codes = {numbers.new_pin() for _n in range(200)}, {numbers.new_code() for _n in range(200)}
    assert all(numbers.is_pin(pin) and not numbers.is_trivial(pin) for pin in pins)
    assert len(codes) == 200
    assert all(numbers.folded_code(numbers.shown_code(code).lower()) == code for code in codes)


def test_codes_are_forgiving():
    assert numbers.folded_code(" ｄｅｍｏ—till ") == numbers.DEMO_CODE == "DEM0T111"
    assert numbers.is_account(numbers.plain("6217 0000 1234-5678"))
    assert not numbers.is_account("1234567")
