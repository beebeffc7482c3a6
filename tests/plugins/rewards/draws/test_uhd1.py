"""UHD1 and the Merkle tree: every vector of security.md 3.2, edges, fairness."""

from __future__ import annotations

import hashlib
import json
import random

import pytest

from unionhall_rewards.draws import merkle, uhd1

SECRET = bytes(range(32))
SPEC = (
    '{"algo":"UHD1","closes":"2026-11-23T12:30:00+08:00","draw_id":"daily-20261123","prizes":[{"id":"P1","qty":1,"value_fen":10000},'
    '{"id":"P2","qty":2,"value_fen":2000}],"public_source":"test-beacon","reserve":2,"v":1}'
)
TEN = [f"E{number:04d}" for number in range(1, 11)]
ROOT = "d7b54bcc3da93a05d181e67dc8d4a2a721b8c3ed39ee9487ff23844d30c48eb2"


def drawn(tickets, public="beacon:0000000042", **changes):
    return uhd1.run(json.loads(SPEC) | changes, SECRET, tickets, public)


def told(found):
    return [slot.ticket for slot in found]


def test_the_random_numbers():
    key = hashlib.sha256(b"UHD1 unit test").digest()
    assert key.hex() == "eba4fdad29aba9b4b51efc7356baa6cead707c04bf4f10da9f70e0215dfa1c6d"
    small = uhd1.Numbers(key)
    assert [small.below(3) for _ in range(20)] == [0, 2, 2, 1, 2, 1, 2, 0, 1, 0, 2, 1, 1, 1, 2, 0, 1, 2, 1, 2]
    assert (small.blocks, small.rejected) == (26, 6)
    large = uhd1.Numbers(key)
    assert [large.below(200_000) for _ in range(8)] == [25528, 175249, 173634, 126987, 149950, 67858, 158360, 57353]
    assert (large.blocks, large.rejected) == (10, 2)


def test_vector_a():
    spec = uhd1.spec_hash(SPEC)
    assert uhd1.canonical(json.loads(SPEC)) == SPEC
    assert spec == "b7387c62997fcb9be3a527b177a911afa65c17ca58065a7418742d500bfe6f73"
    assert uhd1.commitment("daily-20261123", spec, SECRET) == "e0fd33aedc4d70bbd724666bc378081762de8d1da39da250f4740dcf9f27ef84"
    entrants = uhd1.entrants_hash(TEN)
    assert entrants == "0dced6d8ea1a17e8d5ecb40b8d7fe5a7fe48ff5279486be03b87d7892507057e"
    key = uhd1.seed(SECRET, spec, entrants, "beacon:0000000042")
    assert key.hex() == "64478e61e5ff5b4bc88e1983ba55860dd5483ab6ae12e1266aac87b8926c36eb"
    assert uhd1.block(key, 0).hex() == "52110cfd83ae2b09f3ddd77429edd5c4ed6a64f2835e36d9a4db9b635ccab64e"
    found, numbers = drawn(TEN)
    assert [(slot.prize, slot.number, slot.ticket) for slot in found] == [
        ("P1", 1, "E0006"), ("P2", 1, "E0002"), ("P2", 2, "E0009"), ("R", 1, "E0010"), ("R", 2, "E0005")
    ]  # fmt: skip
    assert (numbers.blocks, numbers.rejected) == (5, 0)
    assert uhd1.result_hash(found) == "e68e8a6b2c1c2dbd607a796b6a0024c3211660f663c2f8d9c0a73d340936e08d"


def test_another_public_value_and_another_list():
    other, _numbers = drawn(TEN, "beacon:0000000043")
    assert told(other) == ["E0008", "E0001", "E0010", "E0006", "E0007"]
    assert uhd1.result_hash(other) == "640b123c5b57b302cb489c40d970708ae70e86f9e423b0725ef6d9935e02726f"
    fewer, _numbers = drawn(TEN[:-1])
    assert told(fewer) == ["E0006", "E0007", "E0003", "E0008", "E0009"]
    assert uhd1.result_hash(fewer) == "0d63eb8a79298f620fa11c2d46a87c42877c3e0497579af6c6676d3c072682a3"


def test_the_edges():
    alone, numbers = drawn(["E0001"])
    assert (told(alone), numbers.blocks) == (["E0001"], 0)
    assert told(drawn(["E0001", "E0002"])[0]) == ["E0002", "E0001"]
    assert drawn([])[0] == []
    assert merkle.root([]) == hashlib.sha256(b"").hexdigest()


def test_the_order_of_the_list_does_not_matter():
    mixed = random.Random(7).sample(TEN, 10)
    assert mixed != TEN
    assert told(drawn(mixed)[0]) == told(drawn(TEN)[0])
    assert (uhd1.entrants_hash(mixed), merkle.root(mixed)) == (uhd1.entrants_hash(TEN), ROOT)


def test_the_tree_and_a_proof():
    way = merkle.proof(TEN, "E0007")
    assert merkle.root(TEN) == ROOT
    assert way == [
        ("R", "829e813a23b6766088a0836226794512f74be2de25b37afeecebf4dd0459a4cd"),
        ("L", "c292302051d8ed89a5ca70ddd84ceed0d2d61ab899a188262fb1f8ab8e3ec68e"),
        ("L", "9cd137a63f5addf3ac195cf9973956439a4a75c8cd44ce4d107f4b83451274d5"),
        ("R", "7381e6bce76f5de0eb9f8ac02eec651868b81bac5e380445dda3de50b3f5d0aa"),
    ]
    assert merkle.holds("E0007", way, ROOT)
    assert not merkle.holds("E0008", way, ROOT)


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8, 13, 100])
def test_every_line_can_be_proved(size):
    lines = [f"L{number}" for number in range(size)]
    top = merkle.root(lines)
    assert all(merkle.holds(line, merkle.proof(lines, line), top) for line in lines)
    with pytest.raises(ValueError, match="list"):
        merkle.proof(lines, "elsewhere")


def test_vector_b_two_hundred_thousand():
    ids = [hashlib.sha256(f"member-{number}".encode()).hexdigest()[:16] for number in range(200_000)]
    spec = {
        "algo": "UHD1", "closes": "2026-11-23T12:30:00+08:00", "draw_id": "big-1", "public_source": "test-beacon", "reserve": 10, "v": 1,
        "prizes": [
            {"id": "一等奖", "qty": 1, "value_fen": 500000}, {"id": "二等奖", "qty": 9, "value_fen": 50000},
            {"id": "三等奖", "qty": 40, "value_fen": 2000},
        ],
    }  # fmt: skip
    assert uhd1.spec_hash(uhd1.canonical(spec)) == "4f7b0f13a6ad083e76eb6565663b4f502256186ee12890bfeecead6bd3be9f94"
    entrants = uhd1.entrants_hash(ids)
    found, numbers = uhd1.run(spec, b"\x5a" * 32, ids, "beacon:12345")
    assert entrants == "eb8712eccaf5f68a4fd09339df4baff5251f4ad4cd7ffc9a2ee38988634b8654"
    assert numbers.key.hex() == "e657904b8aefea29afd0b2b25e53125571b97d933d73f59b4e5d8ef8c3864874"
    assert told(found)[:5] == ["51f8aab02fb785e4", "152dbe195a894997", "6ec718bc21c5acb7", "c7058abef5922b45", "25f68b666925c473"]
    assert (found[-1].prize, found[-1].number, found[-1].ticket) == ("R", 10, "ccc9d7d9ad7d87f4")
    assert (numbers.blocks, numbers.rejected) == (74, 14)
    assert uhd1.result_hash(found) == "4cfea9e4abec9dd4aaedc35d21d84d1ac82c91000167d8f2a9a75934280b4417"
    assert merkle.root(ids) == "84e1af145c8369b2226461f9e2b48fbf29a3a1481c23ec90e4b5a62d5549e95e"


def test_tickets_win_once_for_each_holder():
    tickets = ["M1.1", "M1.2", "M1.3", "M1.4", "M2.1", "M3.1", "M3.2", "M4.1"]
    assert uhd1.entrants_hash(tickets) == "191315e418c70fbf1ac668fe51e93a8984d5739facd5637cd69999c1ed0e5d10"
    found, _numbers = drawn(tickets, draw_id="tickets-1", reserve=0)
    assert told(found) == ["M1.1", "M3.2", "M2.1"]
    assert uhd1.result_hash(found) == "c982abe176dd422e7c2187d7a9a3c189a28bc9e8c3230009237fad9c8adc9e8f"
    found, numbers = drawn(tickets, "beacon:0000000044", draw_id="tickets-1", reserve=0)
    assert (told(found), numbers.blocks, numbers.rejected) == (["M3.1", "M1.3", "M4.1"], 6, 1)
    assert uhd1.result_hash(found) == "5dd4b0dc7559ebc5601916f2a4a707c66cd8f406325ff5dead0daa8be235e548"
    assert told(drawn([f"M1.{n}" for n in range(1, 9)], draw_id="tickets-1", reserve=0)[0]) == ["M1.4"]


def test_everybody_is_as_likely():
    """Twenty thousand draws of three among ten: the places are even (p > 0.001)."""
    won = dict.fromkeys(TEN, 0)
    for number in range(20_000):
        for slot in uhd1.draw(TEN, [("P", 3)], 0, uhd1.Numbers(hashlib.sha256(f"t{number}".encode()).digest())):
            won[slot.ticket] += 1
    chi = sum((count - 6000) ** 2 / 6000 for count in won.values())
    assert chi < 27.9
    assert round(chi, 2) == 8.15


def test_names_of_two_draws_cannot_be_joined():
    one, two = uhd1.pseudonym(b"a" * 32, 7), uhd1.pseudonym(b"b" * 32, 7)
    assert one != two
    assert (len(one), one) == (20, uhd1.pseudonym(b"a" * 32, 7))
    assert one.isalnum()
