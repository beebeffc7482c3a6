"""The quiz for programs: questions without answers, answers by place, one result."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from unionhall.accounts import tokens
from unionhall.accounts.services import by_id
from unionhall.base import clock
from unionhall.rest.table import scopes

API = "/api/v1/quiz/rounds"


@pytest.fixture
def issue(work):
    def give(account_id, *wanted):
        with work():
            known = [scope.name for scope in scopes()]
            _row, secret = tokens.issue(
                by_id(account_id), kind=tokens.PERSONAL, name="测试", scopes=wanted, known=known, lasts=timedelta(days=30), now=clock.now()
            )
        return {"Authorization": f"Bearer {secret}"}

    return give


def by_text(question, *texts):
    return [next(option["place"] for option in question["options"] if option["text"] == text) for text in texts]


def test_rounds_are_for_everybody(client, daily):
    found = client.get(API).json["items"]
    assert [(row["slug"], row["open"], row["questions"], row["answered_today"]) for row in found] == [("mei-ri-yi-da", True, 3, 0)]


def test_an_app_plays_a_day(client, daily, issue):
    mine = issue(daily["accounts"][0], "quiz.play")
    path = f"{API}/mei-ri-yi-da"
    assert client.get(f"{path}/attempt", headers=mine).status_code == 404
    begun = client.post(f"{path}/attempt", json={}, headers=mine)
    assert begun.status_code == 200, begun.text
    attempt = begun.json
    assert client.get(f"{path}/attempt", headers=mine).json["nonce"] == attempt["nonce"]
    told = json.dumps(attempt, ensure_ascii=False)
    assert "解释" not in told and "answer" not in told and '"key"' not in told
    texts = {"单题": ["单题之b"], "多题": ["多题之a", "多题之c"], "序题": [f"序题之{key}" for key in "abcd"]}
    answers = [{"question": each["place"], "options": by_text(each, *texts[each["text"]])} for each in attempt["questions"]]
    sent = {"nonce": attempt["nonce"], "answers": answers}
    kept = client.post(f"{path}/answers", json=sent | {"keep": True}, headers=mine)
    assert (kept.json["state"], kept.json["marks"]) == ("open", [])
    again = client.get(f"{path}/attempt", headers=mine).json
    kinds = {each["place"]: each["kind"] for each in attempt["questions"]}
    wanted = {each["question"]: each["options"] if kinds[each["question"]] == "order" else sorted(each["options"]) for each in answers}
    assert {each["place"]: each["chosen"] for each in again["questions"]} == wanted
    done = client.post(f"{path}/answers", json=sent, headers=mine).json
    assert (done["state"], done["score"], done["passed"]) == ("scored", 3, True)
    assert done["marks"][0]["explanation"].startswith("解释")
    worse = client.post(f"{path}/answers", json={"nonce": attempt["nonce"], "answers": []}, headers=mine).json
    assert worse["score"] == 3
    assert client.get(f"{path}/days/2026-05-14", headers=mine).json["score"] == 3
    assert client.post(f"{path}/attempt", json={}, headers=mine).json["error"]["code"] == "quiz-done"


def test_other_people_and_other_scopes_get_nothing(client, daily, issue, work, make):
    mine, other = issue(daily["accounts"][0], "quiz.play"), issue(daily["accounts"][1], "quiz.play")
    path = f"{API}/mei-ri-yi-da"
    nonce = client.post(f"{path}/attempt", json={}, headers=mine).json["nonce"]
    assert client.post(f"{path}/answers", json={"nonce": nonce, "answers": []}, headers=other).status_code == 404
    assert client.post(f"{path}/attempt", json={}, headers=issue(daily["accounts"][0], "me.read")).status_code == 403
    assert client.post(f"{path}/attempt", json={}).status_code == 401
    assert client.get(f"{path}/days/2026-05-14", headers=other).status_code == 404
    assert client.get(f"{path}/days/someday", headers=mine).status_code == 404
    with work():
        staff = make.account().id
    assert client.post(f"{path}/attempt", json={}, headers=issue(staff, "quiz.play")).json["error"]["code"] == "quiz-members-only"
    assert client.post(f"{API}/none/attempt", json={}, headers=mine).status_code == 404
