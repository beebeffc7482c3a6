"""Signing up through the API: the sheet as a form, signing up, one's own entries, the waiting list; nobody else's."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from unionhall.base import clock
from unionhall.signups import places
from unionhall.signups.models import Audience, Kind, Unit

API = "/api/v1"


def code(answer):
    return answer.json["error"]["code"]


def problems(answer):
    return {item["field"]: item["message"] for item in answer.json["error"]["problems"]}


@pytest.fixture
def form(work, union):
    """Return a sheet with a question of every kind that a program can answer, and its fields' names."""
    with work():
        sheet = union.sheet(places=10, consent="只用于本次比赛。", companions=1, starts_at=clock.now() + timedelta(days=9))
        fields = {
            "text": union.ask(sheet, Kind.TEXT, "班组", required=True), "number": union.ask(sheet, Kind.NUMBER, "鞋码", least=20, most=50),
            "choice": union.ask(sheet, Kind.CHOICE, "场次", options=[("上午", 2), ("下午",)], required=True),
            "choices": union.ask(sheet, Kind.CHOICES, "要什么", options=[("水",), ("帽子",)]), "date": union.ask(sheet, Kind.DATE, "到达"),
            "id": union.ask(sheet, Kind.ID, "身份证"), "mobile": union.ask(sheet, Kind.MOBILE, "手机"),
            "org": union.ask(sheet, Kind.ORG, "单位"), "agree": union.ask(sheet, Kind.CONSENT, "同意拍照"), "file": union.ask(sheet, Kind.FILE, "照片"),
        }  # fmt: skip
        names = {key: field.name for key, field in fields.items()}
        names |= {"sheet": sheet.id, "morning": fields["choice"].choices[0].id, "afternoon": fields["choice"].choices[1].id}
        names |= {"water": fields["choices"].choices[0].id, "cap": fields["choices"].choices[1].id}
    return names


def filled(form, **more):
    given = {
        "text": "三车间", "number": 42, "choice": form["morning"], "choices": [form["water"], form["cap"]], "date": "2026-05-14",
        "id": "11010519491231002X", "mobile": "13800002617", "org": "云麓市总工会", "agree": True,
    } | more  # fmt: skip
    return {"answers": {form[name]: value for name, value in given.items() if value != "-"}, "consent": True}


def sign(client, headers, sheet, key="", **body):
    return client.post(f"{API}/signups/{sheet}/entries", json=body, headers=headers | ({"Idempotency-Key": key} if key else {}))


def test_a_sheet_is_a_form_with_what_is_left(client, form):
    answer = client.get(f"{API}/signups/{form['sheet']}")
    sheet = answer.json
    assert (sheet["standing"], sheet["places"], sheet["left"], sheet["waiting_list"], sheet["web_only"]) == ("open", 10, 10, True, False)
    assert [field["kind"] for field in sheet["fields"]] == [
        "text", "number", "choice", "choices", "date", "id", "mobile", "org", "consent", "file"
    ]  # fmt: skip
    assert [(item["label"], item["left"]) for item in sheet["fields"][2]["choices"]] == [("上午", 2), ("下午", None)]
    assert client.get(f"{API}/signups/{form['sheet']}", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert client.get(f"{API}/signups/999").status_code == 404


@pytest.mark.both
def test_a_member_signs_up_changes_and_cancels(client, work, member, issue, form):
    mine = issue(member, "signups.read", "signups.write")
    first = sign(client, mine, form["sheet"], "gesendet-1", **filled(form), companions=["王芳"])
    assert first.status_code == 201, first.json
    entry = first.json
    assert (entry["state"], entry["companions"], entry["place"], entry["may_change"]) == ("accepted", ["王芳"], None, True)
    assert len(entry["code"]) == 6 and entry["qr"] == f"S{form['sheet']}-{entry['code']}"
    said = {item["label"]: item["text"] for item in entry["answers"]}
    assert (said["班组"], said["鞋码"], said["场次"], said["要什么"], said["单位"]) == ("三车间", "42", "上午", "水、帽子", "云麓市总工会")
    assert "11010519491231002X" not in first.text and "13800002617" not in first.text
    again = sign(client, mine, form["sheet"], "gesendet-1", **filled(form), companions=["王芳"])
    assert again.headers["Idempotency-Replayed"] == "true" and again.json == entry
    assert sign(client, mine, form["sheet"], **filled(form)).json["id"] == entry["id"]
    sheet = client.get(f"{API}/signups/{form['sheet']}").json
    assert (sheet["left"], sheet["fields"][2]["choices"][0]["left"]) == (8, 0)

    address = f"{API}/me/signups/{entry['id']}"
    etag = client.get(address, headers=mine).headers["ETag"]
    changed = client.patch(address, headers=mine | {"If-Match": etag}, json={"answers": {form["text"]: "四车间", form["number"]: None}})
    said = {item["label"]: item["text"] for item in changed.json["answers"]}
    assert (said["班组"], "鞋码" in said, said["场次"], said["要什么"]) == ("四车间", False, "上午", "水、帽子"), changed.json
    assert client.patch(address, headers=mine | {"If-Match": etag}, json={"answers": {}}).status_code == 412
    moved = client.post(address, headers=mine | {"X-HTTP-Method-Override": "PATCH"}, json={"answers": {form["choice"]: form["afternoon"]}})
    assert {item["label"]: item["text"] for item in moved.json["answers"]}["场次"] == "下午"
    assert [item["id"] for item in client.get(f"{API}/me/signups", headers=mine).json["items"]] == [entry["id"]]
    gone = client.post(f"{address}/cancel", headers=mine)
    assert (gone.status_code, gone.json["state"], gone.json["code"], gone.json["may_change"]) == (200, "cancelled", "", False)
    assert client.post(f"{address}/cancel", headers=mine).status_code == 200
    assert code(client.patch(address, headers=mine, json={"answers": {}})) == "conflict"
    assert client.get(f"{API}/signups/{form['sheet']}").json["left"] == 10


def test_every_wrong_field_is_named(client, member, issue, form):
    mine = issue(member, "signups.write")
    wrong = filled(form, text="", number=99, choice=999, date="gestern", id="123", mobile="12", org="没有这个", agree=False)
    answer = sign(client, mine, form["sheet"], **wrong | {"consent": False})
    assert (answer.status_code, code(answer)) == (422, "invalid")
    named = ("text", "number", "choice", "date", "id", "mobile", "org", "agree")
    assert set(problems(answer)) == {f"answers.{form[name]}" for name in named} | {"consent"}
    assert problems(answer)[f"answers.{form['number']}"] == "请填 20 到 50 之间的数。"
    types = sign(client, mine, form["sheet"], **filled(form, text=1, number="42", choice=[1], agree=1, file="x"), nothing=1)
    assert problems(types) == {"nothing": "没有这一项。"}
    types = sign(client, mine, form["sheet"], **filled(form, text=1, number="42", choice=[1], agree=1, file="x"))
    assert set(problems(types)) == {f"answers.{form[name]}" for name in ("text", "number", "choice", "agree", "file")}
    unknown = sign(client, mine, form["sheet"], answers={"f999999": "x"}, consent=True)
    assert list(problems(unknown)) == ["answers.f999999"]
    many = sign(client, mine, form["sheet"], **filled(form), companions=["甲", "乙"])
    assert (many.status_code, many.json["error"]["field"]) == (422, "companions")
    assert client.get(f"{API}/signups/{form['sheet']}").json["left"] == 10


def test_a_sheet_that_is_not_open_or_not_for_one_says_so(client, work, make, member, issue, union):
    with work():
        now = clock.now()
        sheets = {
            "closed": union.sheet(closes_at=now - timedelta(minutes=1)).id, "not-yet": union.sheet(opens_at=now + timedelta(days=1)).id,
        }  # fmt: skip
        stranger, members_only = make.account().id, union.sheet().id
        needs_file = union.sheet()
        union.ask(needs_file, Kind.FILE, "照片", required=True)
        needs_file = needs_file.id
    mine = issue(member, "signups.write")
    assert {name: code(sign(client, mine, number)) for name, number in sheets.items()} == {name: name for name in sheets}
    refused = sign(client, issue(stranger, "signups.write"), members_only)
    assert (refused.status_code, code(refused)) == (403, "not-for-you")
    assert code(sign(client, mine, needs_file)) == "use-website" and f"/signups/{needs_file}/" in sign(client, mine, needs_file).json["error"]["message"]
    assert client.get(f"{API}/signups/{needs_file}").json["web_only"] is True
    assert sign(client, mine, 999).status_code == 404


def test_scopes_and_other_people(client, work, make, member, issue, union):
    with work():
        sheet, other = union.sheet().id, make.member(account=True).account_id
    mine, theirs = issue(member, "signups.read", "signups.write"), issue(other, "signups.read", "signups.write")
    number = sign(client, mine, sheet).json["id"]
    assert client.get(f"{API}/me/signups", headers=theirs).json["items"] == []
    assert client.get(f"{API}/me/signups/{number}", headers=theirs).status_code == 404
    assert client.patch(f"{API}/me/signups/{number}", headers=theirs, json={"answers": {}}).status_code == 404
    for act in ("cancel", "accept", "decline"):
        assert client.post(f"{API}/me/signups/{number}/{act}", headers=theirs).status_code == 404
        assert code(client.post(f"{API}/me/signups/{number}/{act}", headers=issue(member, "signups.read"))) == "scope-needed"
    assert code(sign(client, issue(member, "me.read", "me.write"), sheet)) == "scope-needed"
    assert sign(client, {}, sheet).status_code == 401


@pytest.mark.both
def test_full_then_waiting_then_an_offer(client, work, make, union, issue):
    with work():
        sheet = union.sheet(places=1, waiting_places=2).id
        tokens = [make.member(account=True).account_id for _n in range(4)]
    first, second, third, fourth = (issue(account, "signups.read", "signups.write") for account in tokens)
    held = sign(client, first, sheet).json
    refused = sign(client, second, sheet)
    assert (refused.status_code, code(refused)) == (409, "may-wait")
    queued = [sign(client, who, sheet, waiting=True).json for who in (second, third)]
    assert [(item["state"], item["place"], item["code"]) for item in queued] == [("waiting", 1, ""), ("waiting", 2, "")]
    assert code(sign(client, fourth, sheet, waiting=True)) == "full"
    assert code(client.post(f"{API}/me/signups/{queued[0]['id']}/accept", headers=second)) == "not-offered"
    assert code(client.post(f"{API}/me/signups/{queued[0]['id']}/decline", headers=second)) == "not-offered"
    client.post(f"{API}/me/signups/{held['id']}/cancel", headers=first)
    offered = client.get(f"{API}/me/signups/{queued[0]['id']}", headers=second).json
    assert offered["state"] == "offered" and offered["offer_until"] and offered["place"] is None
    assert client.post(f"{API}/me/signups/{queued[0]['id']}/decline", headers=second).json["state"] == "cancelled"
    taken = client.post(f"{API}/me/signups/{queued[1]['id']}/accept", headers=third).json
    assert taken["state"] == "accepted" and len(taken["code"]) == 6
    assert client.post(f"{API}/me/signups/{queued[1]['id']}/accept", headers=third).status_code == 200


def test_a_captain_founds_a_team_and_gets_the_invitation(client, work, member, issue, union):
    with work():
        sheet = union.sheet(unit=Unit.TEAM, team_min=2, team_max=3, audience=Audience.ACCOUNT).id
    mine = issue(member, "signups.write")
    assert list(problems(sign(client, mine, sheet))) == ["team_name"]
    team = sign(client, mine, sheet, team_name="飞虎队").json["team"]
    assert (team["name"], team["captain"], team["people"]) == ("飞虎队", True, 1)
    assert team["invitation"].startswith("http://127.0.0.1:8000/signups/join/")


@pytest.mark.both
def test_places_are_not_given_twice_when_many_programs_ask_at_once(app, work, make, union, issue):
    with work():
        number = union.sheet(places=3, waiting_on=False).id
        accounts = [make.member(account=True).account_id for _n in range(6)]
    headers, answers, gate = [issue(account, "signups.write") for account in accounts], [], threading.Barrier(6)

    def ask(mine):
        gate.wait()
        answers.append(sign(app.test_client(), mine, number, "parallel-1"))

    threads = [threading.Thread(target=ask, args=(mine,)) for mine in headers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers) == [201, 201, 201, 409, 409, 409]
    assert {code(answer) for answer in answers if answer.status_code == 409} == {"full"}
    with work():
        assert places.lock(number).taken == 3
