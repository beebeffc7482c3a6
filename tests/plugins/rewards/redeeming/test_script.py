"""What the page's script, or a store's own program, reads: JSON, keys, typed errors."""

from __future__ import annotations

import pytest


@pytest.fixture
def till(counter, coupon, work):
    with work():
        coupon(code="GOOD")
    return counter()


def test_both_steps(till):
    looked = till.look("good", json=True)
    assert looked.status_code == 200
    assert looked.headers["Cache-Control"] == "no-store"
    assert looked.json["coupon"]["holder"] == "王*梅"
    assert looked.json["coupon"]["face_fen"] == 1000
    done = till.post("redeem", json=True, key="click-00001", ticket=looked.json["ticket"], bill="16.50")
    assert done.json | {"at": ""} == {
        "receipt": "HX-20260514-00001", "fen": 1000, "bill_fen": 1650, "at": "", "replayed": False,
        "url": "/rewards/till/receipts/HX-20260514-00001",
    }  # fmt: skip


def test_a_lost_answer_is_asked_for_again(till, at):
    sent = {"key": "click-00001", "ticket": till.ticket("good"), "bill": "16.50"}
    first = till.post("redeem", json=True, **sent)
    at("2026-05-14 09:50")  # the ticket is too old by now, the answer is not
    second = till.post("redeem", json=True, **sent)
    assert second.status_code == 200
    assert second.headers["Idempotent-Replayed"] == "true"
    assert second.json == first.json | {"replayed": True}


def test_without_a_key_nothing_is_done(till):
    ticket = till.ticket("good")
    for key in (None, "short", "k" * 81, "has\ttab-and-more"):
        refused = till.browser.post(
            "/rewards/till/redeem", data={"csrf_token": till.token(), "ticket": ticket, "bill": "10", "key": key or ""},
            headers={"Accept": "application/json"},
        )  # fmt: skip
        assert refused.status_code == 400
        assert refused.json["error"]["code"] == "key-missing"
    assert till.post("redeem", json=True, key="click-00001", ticket=ticket, bill="10").status_code == 200


def test_another_body_with_the_same_key(till):
    ticket = till.ticket("good")
    assert till.post("redeem", json=True, key="click-00001", ticket=ticket, bill="10").status_code == 200
    refused = till.post("redeem", json=True, key="click-00001", ticket=ticket, bill="11")
    assert (refused.status_code, refused.json["error"]["code"]) == (422, "key-reused")


@pytest.mark.parametrize(("bill", "code"), [("x", "bill"), ("0", "bill")])
def test_typed_errors(till, bill, code):
    refused = till.post("redeem", json=True, key="click-00001", ticket=till.ticket("good"), bill=bill)
    assert (refused.status_code, refused.json["error"]["code"], refused.json["error"]["field"]) == (422, code, "bill")


def test_wrong_codes(till):
    refused = till.look("nonsense", json=True)
    assert (refused.status_code, refused.json["error"]["code"]) == (422, "bad-code")
    assert till.look("", json=True).status_code == 422


def test_a_sent_object_is_read_like_a_form(till):
    answer = till.browser.post(
        "/rewards/till/look", json={"code": "good"}, headers={"Accept": "application/json", "X-CSRFToken": till.token()}
    )
    assert answer.status_code == 200


def test_without_its_token_nothing_is_done(till):
    assert till.browser.post("/rewards/till/look", data={"code": "good"}).status_code == 400
