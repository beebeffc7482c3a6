"""The pages of draws: for everybody, one's own, the desk; what the wrong person gets."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from unionhall.base import clock, db
from unionhall.hooks.people import Person
from unionhall.hooks.types import SYSTEM, Actor, Role
from unionhall.platform.audit import verify
from unionhall.plugin import unseal
from unionhall_rewards.draws import drawing, entering, exports, facts, keeping, queries, shown, uhd1, verifying
from unionhall_rewards.draws.models import Draw, Entry

POT = {"value_fen": 30_000, "name": "电饭煲", "quantity": 1}


@pytest.fixture
def done(at, work, rounds):
    """A batch draw that is over: (id, key, member ids)."""
    with work():
        draw_id, members = rounds.published(POT, algo="UHD1", people=4, reserve=1)
    at("2026-05-14 10:00")
    with work():
        for member in members:
            entering.enter(draw_id, member, "quiz.attempt", member, day=clock.local_day(clock.now()), now=clock.now())
    now = at("2026-05-24 09:40")
    with work():
        drawing.advance(draw_id, now)
        rounds.public(draw_id, "beacon:7", now=now)
        drawing.reveal(draw_id, actor=SYSTEM, now=now)
        return draw_id, queries.existing(draw_id).key, members


@pytest.fixture
def running(at, work, rounds):
    """An instant draw that is open: (id, key, member ids)."""
    with work():
        draw_id, members = rounds.published({"value_fen": 500, "ppm": 1_000_000, "name": "毛巾", "quantity": 2})
        key = queries.existing(draw_id).key
    at("2026-05-14 10:00")
    return draw_id, key, members


def test_the_pages_of_a_draw_that_is_over(client, work, done):
    _draw_id, key, members = done
    page = client.get(f"/rewards/draws/{key}/").text
    assert ("电饭煲" in page, "已开奖" in page, "300 元" in page) == (True, True, True)
    assert key in client.get("/rewards/draws/").text
    winners = client.get(f"/rewards/draws/{key}/winners").text
    with work():
        won = queries.winners(queries.public(key))[0][0].entry
        from unionhall.members.models import Member

        name = db.session().get(Member, won.member_id, execution_options={"unionhall_scope": "test"}).name
        assert (f"{name[0]}**" in winners, won.holder[-3:] in winners) == (True, True)
        assert (name in winners, won.holder in winners) == (False, False)
    assert client.get(f"/rewards/draws/{key}/winners?page=9").status_code == 404
    assert len(members) == 4


def test_the_proof_and_the_files_are_enough_to_compute_it_again(client, done):
    _draw_id, key, _members = done
    proof = client.get(f"/rewards/draws/{key}/proof")
    assert ("data-draw-run" in proof.text, "draw-proof.js" in proof.text) == (True, True)
    assert 'href="/audit-heads/"' in proof.text
    file = client.get(f"/rewards/draws/{key}/draw-{key}.json")
    assert verifying.verify(json.loads(file.text)) == []
    assert file.headers["Content-Disposition"] == f'attachment; filename="draw-{key}.json"'
    entrants = client.get(f"/rewards/draws/{key}/entrants.txt").text.split()
    assert (len(entrants), entrants) == (4, sorted(entrants))
    assert client.get(f"/rewards/draws/{key}/spec.json").json["draw_id"] == key
    assert len(client.get(f"/rewards/draws/{key}/eligible.txt").text.split()) == 4
    assert len(client.get(f"/rewards/draws/{key}/results.json").json) == 2
    assert client.get(f"/rewards/draws/{key}/secret.txt").status_code == 404


def test_the_revealed_secret_unmasks_nobody(client, work, done):
    """The key of the pseudonyms is another one: what is published holds its hash alone, and no member's number."""
    _draw_id, key, members = done
    with work():
        draw = queries.public(key)
        names, secret = bytes.fromhex(unseal(facts.NAMES, draw.names_sealed)), draw.secret
    published = "".join(client.get(f"/rewards/draws/{key}/{file}").text for file in (f"draw-{key}.json", "spec.json", "entrants.txt", "eligible.txt", "proof"))
    assert (secret in published, names.hex() in published) == (True, False)
    assert client.get(f"/rewards/draws/{key}/spec.json").json["names_hash"] == hashlib.sha256(b"UHD1.names\n" + names).hexdigest()
    listed = set(client.get(f"/rewards/draws/{key}/eligible.txt").text.split())
    assert listed == {uhd1.pseudonym(names, member) for member in members}
    assert listed.isdisjoint(uhd1.pseudonym(bytes.fromhex(secret), member) for member in members)


def test_a_ticket_is_checked_without_scripts(client, done):
    _draw_id, key, _members = done
    rows = client.get(f"/rewards/draws/{key}/results.json").json
    page = client.get(f"/rewards/draws/{key}/check", query_string={"code": rows[0][2].lower()})
    assert ("算出来是：电饭煲" in page.text, "和公布的结果一致" in page.text, "相符" in page.text) == (True, True, True)
    assert "候补第 1 名" in client.get(f"/rewards/draws/{key}/check", query_string={"code": rows[1][2]}).text
    assert "名单里没有" in client.get(f"/rewards/draws/{key}/check?code=<b>x</b>").text
    assert "<b>x" not in client.get(f"/rewards/draws/{key}/check?code=<b>x</b>").text


def test_an_instant_ticket_is_checked(at, app, client, work, running):
    draw_id, key, members = running
    with work():
        made = entering.enter(draw_id, members[0], "quiz.attempt", 1, day=clock.local_day(clock.now()), now=clock.now())
    assert "还不能查" in client.get(f"/rewards/draws/{key}/check?code={made.code}").text
    assert client.get(f"/rewards/draws/{key}/entrants.txt").status_code == 404
    assert client.get(f"/rewards/draws/{key}/results.json").status_code == 404
    now = at("2026-06-01 00:00")
    with work():
        drawing.advance(draw_id, now)
    page = client.get(f"/rewards/draws/{key}/check?code={made.code}").text
    assert ("算出来是：毛巾" in page, "和公布的结果一致" in page, "号码：" in page) == (True, True, True)


def test_a_draft_and_what_is_not_there_are_404(client, work, mall):
    with work():
        key = mall.draw(mall.fund(), POT).key
    for path in ("", "proof", "winners", "check", "mine", "spec.json"):
        for name in (key, "no-such-draw"):
            if path == "mine":
                continue
            assert client.get(f"/rewards/draws/{name}/{path}").status_code == 404
    assert key not in client.get("/rewards/draws/").text


def test_the_pause_and_the_dry_pool_are_told(client, work, running, rounds):
    from unionhall_rewards.draws import pausing

    draw_id, key, members = running
    with work():
        for member in members:
            entering.enter(draw_id, member, "quiz.attempt", 1, day=clock.local_day(clock.now()), now=clock.now())
        pausing.pause(draw_id, "系统检修", actor=SYSTEM, now=clock.now())
    page = client.get(f"/rewards/draws/{key}/").text
    assert ("系统检修" in page, "奖品都发完了" in page) == (True, True)


def test_ones_own_chances(app, client, login, work, running, person):
    draw_id, key, members = running
    assert "/login" in client.get(f"/rewards/draws/{key}/mine").headers["Location"]
    with work():
        from unionhall.members.models import Member

        made = entering.enter(draw_id, members[0], "quiz.attempt", 1, day=clock.local_day(clock.now()), now=clock.now())
        account_id = db.session().get(Member, members[0], execution_options={"unionhall_scope": "test"}).account_id
    login(client, account_id)
    page = client.get(f"/rewards/draws/{key}/mine")
    assert ("毛巾 · 5 元" in page.text, made.code in page.text, "no-store" in page.headers["Cache-Control"]) == (True, True, True)
    assert made.code not in person().get(f"/rewards/draws/{key}/mine").text
    assert "我的抽奖" in client.get("/my/").text


DESK = (
    "", "new", "{id}/", "{id}/edit", "{id}/publish", "{id}/winners",
)  # fmt: skip
POSTS = (
    "discard", "publish", "public", "again", "reveal", "shares", "pause", "resume", "compensate", "void", "void/approve", "void/refuse",
    "forfeit",
)  # fmt: skip


def test_the_wrong_person_gets_nothing_in_the_desk(app, client, login, work, running, person, make):
    draw_id, _key, _members = running
    with work():
        account_id = make.account(Role.ORG_ADMIN, make.org()).id
    stranger, editor, neighbour = client, person(Role.EDITOR), app.test_client()
    login(neighbour, account_id)
    for path in DESK:
        address = f"/desk/rewards/draws/{path.format(id=draw_id)}"
        assert "/login" in stranger.get(address).headers["Location"], path
        assert editor.get(address).status_code in (403, 404), path
        if "{id}" in path:
            assert neighbour.get(address).status_code == 404, path
    form = neighbour.get("/desk/rewards/draws/new").text
    token = form.partition('name="csrf_token" value="')[2].partition('"')[0]
    for path in POSTS:
        answer = neighbour.post(f"/desk/rewards/draws/{draw_id}/{path}", data={"csrf_token": token, "reason": "x"})
        assert answer.status_code == 404, path
    with work():
        assert queries.existing(draw_id).state == "published"


def filled(**changes):
    now = clock.local(clock.now())
    fields = {
        "title": "六月抽奖", "algo": "UHI1", "fund": "", "opens_at": f"{now + timedelta(days=1):%Y-%m-%dT%H:%M}",
        "closes_at": f"{now + timedelta(days=9):%Y-%m-%dT%H:%M}", "public_at": f"{now + timedelta(hours=9):%Y-%m-%dT%H:%M}",
        "tries_a_day": "1", "most_wins": "1", "reveal_minutes": "60", "public_source": "福彩 3D", "organiser": "总工会",
        "contact": "0570-88001234", "rules": "当场领", "fallback": "y", "reserve": "0", "prizes-0-name": "毛巾", "prizes-0-kind": "",
        "prizes-0-kind2": "", "prizes-0-yuan": "8.50", "prizes-0-quantity": "100", "prizes-0-percent": "12.5", "prizes-0-per_day": "10",
    }  # fmt: skip
    return fields | changes


def test_a_draft_is_written_changed_and_published_by_another(work, person, send, make):
    with work():
        make.member(account=True)
    one, two = person(Role.ORG_ADMIN), person(Role.ORG_ADMIN)
    made = send(one, "/desk/rewards/draws/new", **filled())
    assert made.status_code in (302, 303)
    address = made.headers["Location"]
    with work():
        draw = db.session().scalars(select(Draw).execution_options(unionhall_scope="test")).unique().one()
        prize = draw.prizes[0]
        assert (prize.value_fen, prize.ppm, prize.per_day, prize.quantity, draw.most_wins) == (850, 125_000, 10, 100, 1)
    edit = one.get(f"{address}edit").text
    assert ('value="8.5"' in edit, 'value="12.5"' in edit) == (True, True)
    assert send(one, f"{address}edit", **filled(title="七月抽奖", version="1")).status_code in (302, 303)
    stale = send(two, f"{address}edit", **filled(title="八月抽奖", version="1"))
    assert (stale.status_code, "别人刚刚改过" in stale.text, "八月抽奖" in stale.text) == (422, True, True)
    own = send(one, f"{address}publish")
    assert (own.status_code, "两个人" in own.text) == (422, True)
    shares = send(two, f"{address}publish")
    assert shares.text.count("UHS1-") == 3
    assert "no-store" in shares.headers["Cache-Control"]
    assert "UHS1-" not in two.get(address).text
    assert one.get(f"{address}edit").status_code in (302, 303)
    with work():
        assert verify().bad is None


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title": ""}, "还没有写名称"), ({"opens_at": "明天"}, "看不懂这个时间"), ({"closes_at": "2020-01-01T00:00"}, "截止要在开始之后"),
        ({"prizes-0-percent": "101"}, "中奖率请填"), ({"prizes-0-percent": "x"}, "中奖率请填"), ({"prizes-0-yuan": "50001"}, "请填数字"),
        ({"prizes-0-quantity": ""}, "还没有写份数"), ({"prizes-0-name": ""}, "还没有写奖项的名称"), ({"prizes-0-yuan": ""}, "要选券种"),
        ({"tries_a_day": "99"}, "1 到 9"), ({"fund": "77"}, ""), ({"prizes-0-kind": "99"}, ""), ({"algo": "XXXX"}, ""),
        ({"prizes-0-per_day": "-1"}, "1 到"),
    ],
)  # fmt: skip
def test_a_draft_with_mistakes_keeps_what_was_typed(person, send, work, changes, words):
    answer = send(person(Role.ORG_ADMIN), "/desk/rewards/draws/new", **filled(intro="原样留着", **changes))
    assert (answer.status_code, words in answer.text, "原样留着" in answer.text) == (422, True, True)
    with work():
        assert db.session().scalar(select(func.count()).select_from(Draw.__table__)) == 0


def test_the_steps_in_the_desk_up_to_the_result(at, work, person, send, rounds):
    with work():
        draw_id, members = rounds.published(POT, algo="UHD1", people=3, reserve=1)
    at("2026-05-14 10:00")
    one, two, page = person(Role.ORG_ADMIN), person(Role.ORG_ADMIN), f"/desk/rewards/draws/{draw_id}/"
    assert send(one, page, f"{page}pause", reason="").status_code == 422
    assert send(one, page, f"{page}pause", reason="检修").status_code in (302, 303)
    assert send(one, page, f"{page}resume").status_code in (302, 303)
    with work():
        for member in members:
            entering.enter(draw_id, member, "quiz.attempt", member, day=clock.local_day(clock.now()), now=clock.now())
    assert send(one, page, f"{page}compensate", day="2026-05-14", reason="检修").status_code in (302, 303)
    assert send(one, page, f"{page}compensate", day="2026-05-14", reason="检修").status_code == 409
    assert send(one, page, f"{page}void", reason="试一下").status_code in (302, 303)
    assert send(one, page, f"{page}void/approve").status_code == 422
    assert send(two, page, f"{page}void/refuse").status_code in (302, 303)
    now = at("2026-05-24 09:40")
    with work():
        drawing.advance(draw_id, now)
    one, two = person(Role.ORG_ADMIN), person(Role.ORG_ADMIN)
    assert send(one, page, f"{page}public", value="417", note="").status_code == 422
    assert send(one, page, f"{page}public", value="417", note="官网，王敏在场").status_code in (302, 303)
    assert send(one, page, f"{page}again", again="417").status_code == 422
    wrong = send(two, page, f"{page}again", again="418")
    assert (wrong.status_code, "和记录的不一样" in wrong.text) == (422, True)
    assert send(two, page, f"{page}again", again="417").status_code in (302, 303)
    assert send(two, page, f"{page}shares", one="x", two="y").status_code == 422
    assert send(two, page, f"{page}reveal").status_code in (302, 303)
    winners = two.get(f"{page}winners")
    assert "电饭煲" in winners.text
    assert send(two, f"{page}winners", f"{page}forfeit", slot="1", reason="").status_code == 422
    assert send(two, f"{page}winners", f"{page}forfeit", slot="1", reason="没有联系上").status_code in (302, 303)
    assert "候补" in two.get(f"{page}winners").text
    assert two.get("/desk/rewards/draws/?state=done&q=抽奖").status_code == 200


def test_a_draft_is_discarded_and_a_published_one_is_not(work, person, send, running):
    draw_id, _key, _members = running
    one = person(Role.ORG_ADMIN)
    made = send(one, "/desk/rewards/draws/new", **filled()).headers["Location"]
    assert send(one, made, f"{made}discard").status_code in (302, 303)
    assert one.get(made).status_code == 404
    send(one, f"/desk/rewards/draws/{draw_id}/", f"/desk/rewards/draws/{draw_id}/discard")
    assert one.get(f"/desk/rewards/draws/{draw_id}/").status_code == 200


def test_the_list_and_the_winners_as_spreadsheets(work, make, done):
    draw_id, _key, _members = done
    with work():
        actor, other = make.actor(Role.ORG_ADMIN), make.actor(Role.ORG_ADMIN, make.org())
        path = make.root.path
        assert len(exports.draw_header({})) == len(next(iter(exports.draw_rows(actor, path, {}))))
        rows = list(exports.winner_rows(actor, path, {"draw": str(draw_id)}))
        assert [(len(row), row[3], row[4]) for row in rows] == [(len(exports.winner_header({})), "电饭煲", 300.0)]
        assert list(exports.winner_rows(other, other.grants[0].org_path, {"draw": str(draw_id)})) == []
        assert list(exports.winner_rows(actor, path, {"draw": "x"})) == []


def test_ones_own_data_is_told_and_erased_as_far_as_the_law_lets(work, done, at):
    draw_id, _key, members = done
    with work():
        won = queries.winners(queries.existing(draw_id))[0][0].entry.member_id
        lost = next(member for member in members if member != won)
        assert len(keeping.export(Person(None, won))["抽奖"]) == 1
        assert keeping.export(Person(None, None)) == {}
        kept = list(keeping.erase(Person(None, won), clock.now()))
        assert (len(kept), "三" not in str(kept[0].why)) == (1, True)
        assert list(keeping.erase(Person(None, lost), clock.now())) == []
        rows = db.session().scalars(select(Entry.member_id)).all()
        assert (won in rows, lost in rows) == (True, False)
    at("2029-06-30 10:00")
    with work():
        assert list(keeping.erase(Person(None, won), clock.now())) == []
        assert won not in db.session().scalars(select(Entry.member_id)).all()


def test_what_other_plugins_see(app, work, make, running, mall):
    draw_id, key, _members = running
    with work(), app.test_request_context():
        view = shown.draw_view(draw_id, clock.now())
        assert (view.takes, view.state, view.paused, view.url) == (True, "open", False, f"/rewards/draws/{key}/")
        draft = mall.draw(mall.fund(), POT).id
        assert shown.draw_view(draft, clock.now()) is None
        assert shown.draw_view(987, clock.now()) is None
        actor = make.actor(Role.ORG_ADMIN)
        assert {row[0] for row in shown.draw_choices(actor, make.root.path, clock.now())} == {draw_id, draft}
        assert shown.draw_choices(Actor(), make.root.path, clock.now()) == []
        panel = shown.odds_panel(draw_id)
        assert ("毛巾" in panel, "100%" in panel, "odds" in panel) == (True, True, True)
        assert shown.odds_panel(draft) == ""


def test_the_command_checks_a_file(app, runner, client, done, tmp_path):
    from unionhall.cli import verify

    _draw_id, key, _members = done
    path = tmp_path / "draw.json"
    path.write_text(client.get(f"/rewards/draws/{key}/draw-{key}.json").text, "utf-8")
    good = runner.invoke(verify, ["draw", str(path)])
    assert (good.exit_code, good.output.startswith(f"ok: {key}")) == (0, True)
    path.write_text(path.read_text("utf-8").replace("beacon:7", "beacon:8"), "utf-8")
    bad = runner.invoke(verify, ["draw", str(path)])
    assert (bad.exit_code, "BROKEN results" in bad.output) == (1, True)
