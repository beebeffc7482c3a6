"""UHI1 and the shares of a secret: vectors of security.md 3.3, and that two of three shares give the secret back."""

from __future__ import annotations

from itertools import permutations

import pytest

from unionhall_rewards.draws import shares, uhi1

KEY = uhi1.seed(bytes(range(32)), "instant-20261123", "beacon:0000000042")
PRIZES = [("P1", 1000), ("P2", 50_000), ("P3", 200_000)]


def test_the_vector():
    assert KEY.hex() == "633415d04662a56935c50aadf87058530dc322a816116a8b0724236ef91b1982"
    wanted = {
        "E0001": (376828, ""), "E0002": (899981, ""), "E0003": (195413, "P3"), "E0004": (214063, "P3"), "E0005": (173253, "P3"),
        "E0006": (8752, "P2"), "E0007": (735475, ""), "E0010": (98891, "P3"),
    }  # fmt: skip
    found = {entry: uhi1.number(KEY, entry) for entry in wanted}
    assert {entry: (x, uhi1.hit(x, PRIZES)) for entry, x in found.items()} == wanted


def test_two_hundred_thousand_entries():
    won = {"": 0, "P1": 0, "P2": 0, "P3": 0}
    for number in range(200_000):
        won[uhi1.hit(uhi1.number(KEY, f"E{number:06d}"), PRIZES)] += 1
    assert won == {"P1": 185, "P2": 9943, "P3": 40177, "": 149695}


def test_the_edges_of_the_odds():
    assert [uhi1.hit(x, PRIZES) for x in (0, 999, 1000, 50_999, 51_000, 250_999, 251_000, 999_999)] == [
        "P1", "P1", "P2", "P2", "P3", "P3", "", ""
    ]  # fmt: skip
    assert uhi1.hit(999_999, [("P", 1_000_000)]) == "P"
    assert uhi1.hit(0, []) == ""


def test_the_hash_of_the_outcomes_does_not_depend_on_their_order():
    lines = [("B.1", 5, "P1", ""), ("A.1", 7, "", "P1")]
    assert uhi1.result_hash(lines) == uhi1.result_hash(lines[::-1])
    assert uhi1.result_hash(lines) != uhi1.result_hash([("B.1", 5, "P1", ""), ("A.1", 7, "P1", "")])


@pytest.mark.parametrize("secret", [bytes(range(32)), b"\x00" * 32, b"\xff" * 32])
def test_any_two_shares_give_the_secret_back(secret):
    made = shares.split("daily-1", secret)
    assert all(shares.join(pair) == secret for pair in permutations(made, 2))
    assert len({shares.digest(share) for share in made}) == 3
    assert shares.join([f"  {made[0]}\n", made[2].replace("-", "- ")]) == secret


def test_one_share_says_nothing():
    """For every share there is, any byte at all could be the secret's."""
    for x in shares.NUMBERS:
        assert {shares.times(slope, x) for slope in range(256)} == set(range(256))


def test_what_is_no_share():
    one, two, three = shares.split("daily-1", bytes(32))
    for given in ([one, one], [one, "UHS1-daily-1-4-00"], [one, "x"], [one, two[:-2]], [one, "UHS1-daily-1-2-zz"]):
        with pytest.raises(ValueError, match=r".+"):
            shares.join(given)
    wrong = three[:-1] + ("0" if three[-1] != "0" else "1")
    assert shares.join([one, wrong]) != bytes(32)
    assert all(shares.times(a, shares.inverse(a)) == 1 for a in range(1, 256))
