"""UHC1: the vectors of security.md 3.5, and what a mistyped code is found by."""

from __future__ import annotations

import pytest

from unionhall_rewards.coupons import codes

KEY, PEPPER = bytes(range(0x20, 0x40)), bytes(range(0x40, 0x60))
VECTORS = [
    (1, 0, "1000-0000-DW46-BSPD"), (1, 1, "1000-0001-PS7K-RBB1"), (1, 0x123456789, "14HM-ASW9-MRFF-PJSE"),
    (2, 2**35 - 1, "2ZZZ-ZZZZ-GCWJ-R8PS"),
]  # fmt: skip


@pytest.mark.parametrize(("key_id", "serial", "printed"), VECTORS)
def test_the_vectors(key_id, serial, printed):
    made = codes.make(serial, key=KEY, key_id=key_id)
    assert (made.printed, codes.parse(printed), codes.is_genuine(made, key=KEY)) == (printed, made, True)


def test_what_the_database_keeps():
    code = codes.parse("14HM-ASW9-MRFF-PJSE")
    assert codes.mac(code.serial, key=KEY, key_id=1) == 0x530F7DA59
    assert codes.lookup(code, pepper=PEPPER) == "d0de04029846b45732a4b08a877a9611bb0879d57a71eb3cca5bfb96bd54f8bd"


@pytest.mark.parametrize("typed", [" 14hm asw9 mrff pjse ", "１４ＨＭ－ＡＳＷ９－ＭＲＦＦ－ＰＪＳＥ", "I4HM-ASW9-MRFF-PJSE", "l4hmasw9mrffpjse"])
def test_people_type_as_they_like(typed):
    assert codes.parse(typed).text == "14HMASW9MRFFPJSE"


def test_every_wrong_character_and_every_swap_is_found():
    text = "14HMASW9MRFFPJSE"
    wrong = [text[:at] + mark + text[at + 1 :] for at in range(16) for mark in codes.ALPHABET if mark != text[at]]
    swapped = ["".join([*text[:a], text[b], *text[a + 1 : b], text[a], *text[b + 1 :]]) for a in range(16) for b in range(a + 1, 16) if text[a] != text[b]]
    assert (len(wrong), len(swapped)) == (496, 117)
    assert [found for found in (*wrong, *swapped) if codes.parse(found)] == []


@pytest.mark.parametrize("junk", ["", "1", "U" * 16, "1" * 17, "十六个汉字凑成的一段券码试试看吧", "0" * 9999])
def test_junk_is_no_code(junk):
    assert codes.parse(junk) is None


def test_a_code_of_another_key_is_not_genuine():
    assert not codes.is_genuine(codes.make(7, key=PEPPER), key=KEY)
    with pytest.raises(ValueError, match="serial"):
        codes.make(2**35, key=KEY)
