"""Documents with a number: issued, printed, checked by strangers, replaced, revoked, forgotten."""

from __future__ import annotations

import re
import threading
from datetime import date, timedelta

import pypdfium2
import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from unionhall.base import clock, db
from unionhall.base.errors import Conflict, NotAllowed
from unionhall.hooks.people import Person
from unionhall.hooks.proofs import ProofKind
from unionhall.hooks.types import SYSTEM, Role
from unionhall.platform.access import unscoped
from unionhall.proofs import keeping, kinds, numbers, paper, queries, services, shown
from unionhall.proofs.models import Proof

KIND = ProofKind("tests.hours", "志愿服务时长证明", (("year", "年度"), ("hours", "服务时长")), "兹证明 {name} 参加志愿服务。", timedelta(days=30))


@pytest.fixture(autouse=True)
def kind(monkeypatch):
    monkeypatch.setattr(kinds, "named", lambda name: KIND if name == KIND.name else None)


def issue(member, hours="12.5 小时", subject="2026", **more):
    return services.issue(
        KIND.name, member.id, {"year": "2026", "hours": hours}, org=member.org, actor=SYSTEM, now=clock.now(), subject=subject, **more
    )


def token(page):
    return re.search(r'name="csrf_token" value="([^"]+)"', page).group(1)


def test_a_number_is_random_readable_and_forgives_only_look_alikes():
    made = {numbers.new() for _n in range(200)}
    assert len(made) == 200
    number = made.pop()
    assert re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}", number)
    typed = number.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert numbers.read(typed) == number
    for place in (0, 7, 18):
        wrong = number[:place] + ("2" if number[place] != "2" else "3") + number[place + 1 :]
        assert numbers.read(wrong) == ""
    assert numbers.read("") == numbers.read("x" * 900) == ""


def test_a_stranger_reads_every_printed_field_but_not_the_whole_name(app, client, work, make, at):
    with work():
        member = make.member(name="何秀英", account=True)
        number = issue(member).number
    form = client.get("/verify/")
    assert form.status_code == 200 and form.headers["X-Robots-Tag"] == "noindex"
    led = client.get(f"/verify/?number={number.lower().replace('-', '')}")
    assert led.status_code == 303 and led.location.endswith(f"/verify/{number}/")
    page = client.get(led.location)
    assert page.headers["Cache-Control"] == "no-store"
    for words in ("何*英", "2026", "12.5 小时", "志愿服务时长证明", number, "2026-05-14", "有效"):
        assert words in page.text
    assert "何秀英" not in page.text
    answer = client.get(f"/api/v1/proofs/{number}").get_json()
    assert (answer["state"], answer["name"], answer["fields"][1]) == ("valid", "何*英", {"label": "服务时长", "value": "12.5 小时"})
    at("2026-06-14 00:10")
    assert client.get(f"/api/v1/proofs/{number}").get_json()["state"] == "expired"


def test_a_wrong_number_is_answered_like_every_other_and_many_are_throttled(app, client, work, make):
    with work():
        number = issue(make.member()).number
    near = number[:-1] + ("2" if number[-1] != "2" else "3")
    answers = [client.get(f"/verify/{typed}/") for typed in (near, numbers.new(), "no-such-thing")]
    assert {answer.status_code for answer in answers} == {404}
    said = {re.sub(r"<input[^>]*>", "", re.search(r"<main.*</main>", answer.text, re.S).group(0)) for answer in answers}
    assert len(said) == 1
    assert client.get(f"/api/v1/proofs/{near}").status_code == 404
    last = [client.get(f"/verify/{near}/").status_code for _n in range(60)]
    assert last[-1] == 429
    assert client.get(f"/verify/{number}/").status_code == 429


def test_the_owner_prints_it_as_page_and_pdf_and_nobody_else_does(app, client, work, make, login, monkeypatch):
    with work():
        member, other = make.member(name="何秀英", account=True), make.member(account=True)
        made = issue(member)
        number, url, accounts = made.number, f"/my/proofs/{made.id}/", (member.account_id, other.account_id)
    assert "/login" in client.get(url).location
    login(client, accounts[0])
    page = client.get(url)
    assert all(words in page.text for words in ("兹证明 何秀英 参加志愿服务。", number, "12.5 小时", "proof.pdf"))
    assert number in client.get("/my/proofs/").text
    assert client.get(url + "code.svg").mimetype == "image/svg+xml"
    sent = client.get(url + "proof.pdf")
    assert sent.mimetype == "application/pdf" and sent.headers["Cache-Control"] == "no-store"
    read = pypdfium2.PdfDocument(sent.data)
    words = "".join(read[0].get_textpage().get_text_range().split())
    assert all(part in words for part in ("何秀英", "12.5小时", number, "志愿服务时长证明")), words
    assert len(read) == 1 and len(sent.data) < 400_000
    monkeypatch.setattr(paper, "font", lambda: "")
    assert "proof.pdf" not in client.get(url).text and client.get(url + "proof.pdf").status_code == 404
    login(client, accounts[1])
    assert [client.get(url + rest).status_code for rest in ("", "code.svg", "proof.pdf")] == [404, 404, 404]


@pytest.mark.both
def test_the_same_words_give_the_same_proof_and_others_replace_it(app, work, make):
    with work():
        member = make.member()
        first = issue(member)
        assert issue(member) is first
        second = issue(member, "14 小时")
        assert (first.live, first.replaced_by_id, second.live) == (False, second.id, True)
        assert shown.checked(first, clock.now()).replaced_by == second.number
        with pytest.raises(Conflict):
            issue(member, "15 小时", subject="", replaces=first)
        member_id = member.id
    gate = threading.Barrier(4)

    def again():
        with app.app_context():
            gate.wait()
            for _try in range(50):
                try:
                    with db.unit_of_work():
                        org = queries.of_member(member_id)[0].org
                        services.issue(KIND.name, member_id, {"year": "2026", "hours": "20 小时"}, org=org, actor=SYSTEM, now=clock.now(), subject="2026")
                except OperationalError:
                    continue
                break
            db.session().remove()

    crew = [threading.Thread(target=again) for _n in range(4)]
    for thread in crew:
        thread.start()
    for thread in crew:
        thread.join()
    with work():
        count = select(func.count(Proof.id)).where(Proof.member_id == member_id)
        assert db.session().scalar(unscoped(count, why="test")) == 3
        assert db.session().scalar(unscoped(count.where(Proof.live), why="test")) == 1


def test_nothing_that_was_issued_can_be_changed(work, make):
    with work():
        made = issue(make.member())
        made.fields = made.fields[:1]
        made.title = "别的证明"
        with pytest.raises(RuntimeError):
            db.session().flush()
        db.session().rollback()


def test_the_desk_revokes_with_a_reason_that_everybody_reads(app, client, work, make, login):
    with work():
        ours, theirs = make.org(), make.org()
        member = make.member(ours, account=True)
        made = issue(member)
        url, number, member_account = f"/desk/proofs/{made.id}/", made.number, member.account_id
        admin, auditor, neighbour = (make.account(*who).id for who in ((Role.ORG_ADMIN, ours), (Role.AUDITOR, ours), (Role.ORG_ADMIN, theirs)))
        with pytest.raises(NotAllowed):
            services.revoke(made, "时长登记有误", actor=make.actor(Role.AUDITOR, ours), now=clock.now())
    login(client, neighbour)
    assert client.get(url).status_code == 404
    login(client, auditor)
    assert "撤销这份证明" not in client.get(url).text
    login(client, admin)
    assert number in client.get(f"/desk/proofs/?q={number}").text
    page = client.get(url).text
    assert client.post(url, data={"csrf_token": token(page), "reason": "错"}).status_code == 422
    assert client.post(url, data={"csrf_token": token(page), "reason": "时长登记有误"}).status_code == 303
    again = client.post(url, data={"csrf_token": token(page), "reason": "时长登记有误"})
    assert again.status_code == 422 and "已经撤销" in again.text
    checked = app.test_client().get(f"/verify/{number}/").text
    assert "时长登记有误" in checked and "已撤销" in checked
    login(client, member_account)
    assert "证明已撤销" in client.get("/my/inbox/").text


@pytest.mark.both
def test_an_erased_person_leaves_a_number_that_still_answers(work, make):
    with work():
        member = make.member(name="何秀英")
        made = issue(member, valid_until=date(2026, 12, 31))
        person, digest = Person(None, member.id), made.digest
        assert "12.5 小时" in str(keeping.export(person))
        assert len(list(keeping.erase(person, clock.now()))) == 1
        told = shown.checked(made, clock.now())
        assert (told.state, told.name, told.fields, made.digest) == ("erased", "", (), digest)
        assert keeping.export(person) == {} and list(keeping.erase(person, clock.now())) == []
