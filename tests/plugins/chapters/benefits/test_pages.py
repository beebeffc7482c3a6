"""The journey over HTTP: a member on the phone, the officer, the union above, the bank; and everybody who must not."""

from __future__ import annotations

import io
import re
from datetime import date

import pytest
from sqlalchemy import select

from unionhall.base import clock, db
from unionhall.hooks.people import Person
from unionhall.hooks.types import SYSTEM
from unionhall.media import documents
from unionhall.members.models import Look
from unionhall.notices.models import Notice
from unionhall.platform.access import unscoped
from unionhall_chapters.benefits import checking, exports, figures, keeping, payments, queries
from unionhall_chapters.benefits.models import Claim, ClaimPaper, State

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)


@pytest.fixture
def browser(app, login):
    def opened(account_id):
        client = app.test_client()
        login(client, account_id)
        return client

    return opened


@pytest.fixture
def post():
    """Return `post(client, path, **fields)` with the token of a page of the same browser."""

    def send(client, path, /, **fields):
        token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/login").text or "") or re.search(
            r'name="csrf_token" value="([^"]+)"', client.get("/forgot").text
        )
        return client.post(path, data={"csrf_token": token.group(1), **fields}, content_type="multipart/form-data")

    return send


def only_claim():
    return db.session().scalars(unscoped(select(Claim).order_by(Claim.id.desc()), why="test")).first()


def test_a_claim_from_the_phone_to_the_bank(app, work, town, browser, post, monkeypatch):
    with work():
        benefit = town.benefit(papers=(("出院小结", True), ("发票", False)), publicity=False)
        town.benefit(town.second_org, name="书画体检", category="checkup", valid_from=date(2026, 9, 1))
        number = benefit.id
    guest, me = app.test_client(), browser(town.account)
    assert "住院慰问金" in guest.get("/chapters/benefits/").text
    assert "住院慰问金" not in guest.get("/chapters/benefits/?category=birth").text
    assert "1,000 元" in guest.get(f"/chapters/benefits/{number}/").text
    assert guest.get("/chapters/my/claims/").status_code in {302, 303, 401}
    page = me.get("/chapters/my/claims/").text
    assert "可以申请" in page
    assert "2026-09-01 起可以申请" in page
    start = f"/chapters/my/claims/new?benefit={number}"
    late = post(me, start, on="2025-01-02", what="骨折", admission="ZY1")
    assert late.status_code == 422
    assert "已经过期" in late.text
    assert 'value="骨折"' in late.text
    assert "请填住院号" in post(me, start, on="2026-05-01", what="骨折").text
    assert post(me, start, on="2026-05-01", what="骨折住院", place="市医院", admission="ZY1").status_code == 303
    with work():
        claim_id = only_claim().id
    base = f"/chapters/my/claims/{claim_id}"
    wrong = post(me, f"{base}/papers", paper0=(io.BytesIO(b"MZ not a picture"), "virus.exe"))
    assert wrong.status_code == 422
    with monkeypatch.context() as smaller:
        smaller.setattr(documents, "MOST_BYTES", 1000)
        assert post(me, f"{base}/papers", paper0=(io.BytesIO(b"%PDF-1.7" + b"0" * 2000), "big.pdf")).status_code == 422
    assert post(me, f"{base}/papers", paper0=(io.BytesIO(PNG), "小结.png")).status_code == 303
    assert "小结.png" in me.get(f"{base}/papers").text
    assert "银行账号只有数字" in post(me, f"{base}/payee", name="王芳", bank="工行", account="abc").text
    assert post(me, f"{base}/payee", name="王芳", bank="工行", account="6222 0200 0000 1234 567").status_code == 303
    page = me.get(f"{base}/summary").text
    assert "尾号 4567" in page
    assert "62220200" not in page
    assert "单独同意" in post(me, f"{base}/summary").text
    assert post(me, f"{base}/summary", consent="y").status_code == 303
    assert post(me, f"{base}/summary", consent="y").status_code == 303
    assert "待初审" in me.get(f"{base}/").text
    assert "住院慰问金" in me.get("/my/").text
    with work():
        paper = db.session().scalar(select(ClaimPaper)).id
    officer, other, settler = browser(town.officer), browser(town.other_officer), browser(town.settler)
    desk = f"/desk/chapters/claims/{claim_id}"
    assert other.get(f"{desk}/").status_code == 404
    assert other.get(f"{desk}/papers/{paper}").status_code == 404
    assert me.get(f"{desk}/").status_code == 403
    assert guest.get(f"{base}/papers/{paper}").status_code in {302, 303, 401}
    assert "FL-" in officer.get(f"/desk/chapters/{town.first}/claims/").text
    page = officer.get(f"{desk}/").text
    assert "骨折" not in page
    page = post(officer, f"{desk}/look").text
    assert "骨折住院" in page
    assert "小结.png" in page
    assert officer.get(f"{desk}/papers/{paper}").status_code == 403
    link = re.search(r'href="(/desk/chapters/claims/[^"]+look=[^"]+)"', page).group(1)
    assert settler.get(link).status_code == 403
    with officer.get(link) as sent:
        assert (sent.headers["Cache-Control"], sent.headers["Content-Disposition"].startswith("attachment")) == ("no-store", True)
    with work():
        assert [row.what for row in db.session().scalars(select(Look))] == ["claim"]
    assert "最多 1,000 元" in post(officer, f"{desk}/check", yuan="1000.01").text
    assert post(officer, f"{desk}/approve", yuan="1000").status_code == 403
    assert post(officer, f"{desk}/check", yuan="900").status_code == 303
    assert "骨折" in post(officer, f"{desk}/look").text
    assert post(settler, f"{desk}/approve", yuan="800").status_code == 422
    assert post(settler, f"{desk}/approve", yuan="800", text="商业保险已报").status_code == 303
    assert post(officer, "/desk/chapters/payments/", ids=claim_id).status_code == 403
    assert "住院慰问金" in settler.get("/desk/chapters/payments/").text
    assert post(settler, "/desk/chapters/payments/", ids="").status_code == 422
    made = post(settler, "/desk/chapters/payments/", ids=str(claim_id), label="五月第一批")
    assert made.status_code == 303
    pay = made.location
    assert "800 元" in settler.get(pay).text
    assert "回单号" in post(settler, pay, on="2026-05-14").text
    assert post(settler, pay, on="2026-05-14", reference="HD-7").status_code == 303
    assert post(settler, pay, on="2026-05-14", reference="HD-8").status_code == 422
    assert "已发放" in me.get(f"{base}/").text
    with work():
        actor = town.actor(town.settler)
        payment_id = str(queries.claim(claim_id).payment_id)
        masked = list(exports.payment_rows(actor, "", {"payment": payment_id}))
        full = list(exports.payment_rows(actor, "", {"payment": payment_id, "full": "1", "purpose": "银行代发"}))
        assert (masked[0][3], full[0][3], full[0][4]) == ("*4567", "6222020000001234567", 800.0)
        assert list(exports.payment_rows(town.actor(town.officer), "", {"payment": payment_id, "full": "1"})) == []
        assert next(iter(exports.claim_rows(actor, "", {})))[0].startswith("FL-")
        assert "payment" in {row.what for row in db.session().scalars(select(Look))}
        path = town.org(town.district).path
        paid = (path, date(2026, 5, 1), date(2026, 6, 1))
        assert (figures.people(*paid), figures.times(*paid), figures.fen(*paid)) == (1, 1, 80_000)
        kinds = set(db.session().scalars(select(Notice.kind)))
        assert {"chapters.claim_submitted", "chapters.claim_approved", "chapters.claim_paid", "chapters.claim_waits"} <= kinds


def test_refused_appealed_and_seen_in_english(work, town, browser, post):
    with work():
        claim = town.submitted(town.benefit())
        claim_id = claim.id
        second = town.submitted(town.benefit(town.second_org, name="书画住院慰问"))
        second_id, first_number = second.id, claim.number
    me, officer = browser(town.account), browser(town.officer)
    page = me.get(f"/chapters/my/claims/{second_id}/").text
    assert f"（编号 {first_number}）" in page
    desk = f"/desk/chapters/claims/{claim_id}"
    assert post(officer, f"{desk}/refuse", code="", text="x").status_code == 422
    assert post(officer, f"{desk}/return", text="").status_code == 422
    assert post(officer, f"{desk}/refuse", code="papers", text="发票对不上。").status_code == 303
    page = me.get(f"/chapters/my/claims/{claim_id}/").text
    assert "发票对不上" in page
    assert post(me, f"/chapters/my/claims/{claim_id}/appeal", text="").status_code == 422
    assert post(me, f"/chapters/my/claims/{claim_id}/appeal", text="发票是真的。").status_code == 303
    assert post(officer, f"{desk}/check", yuan="1000").status_code == 403
    with work():
        assert queries.claim(second_id).state == State.SUBMITTED
        neighbour = town.make.member(town.org(town.firm), account=True).account_id
    other = browser(neighbour)
    for path in ("", "event", "papers", "payee", "summary"):
        assert other.get(f"/chapters/my/claims/{claim_id}/{path}").status_code == 404
    assert post(other, f"/chapters/my/claims/{claim_id}/withdraw").status_code == 404
    english = me.get(f"/chapters/my/claims/{claim_id}/?lang=en").text
    assert "My benefits" in english
    assert not re.search(r"[\u4e00-\u9fff]{2,}(?:</h2>|</dt>|</strong>)", english)


def test_the_catalogue_is_kept_at_the_desk_in_versions(work, town, browser, post):
    settler, officer = browser(town.settler), browser(town.officer)
    assert officer.get("/desk/chapters/benefits/").status_code == 403
    form = {
        "category": "birth", "name": "生育慰问", "payer": "union", "amount_rule": "percent", "yuan": "500", "window_days": "180",
        "papers": "出生证明\n?结婚证", "audience": ["primary", "secondary"], "valid_from": "2026-01-01",
    }  # fmt: skip
    refused = post(settler, "/desk/chapters/benefits/new", **form)
    assert refused.status_code == 422
    assert "百分比" in refused.text
    assert "?结婚证" in refused.text
    assert post(settler, "/desk/chapters/benefits/new", **form, percent="40").status_code == 303
    with work():
        row = queries.catalogue(SYSTEM, "")[0]
        assert row.papers == [{"label": "出生证明", "required": True}, {"label": "结婚证", "required": False}]
        number = row.id
    path = f"/desk/chapters/benefits/{number}/"
    assert "?结婚证" in settler.get(path).text
    assert post(settler, path, **form | {"amount_rule": "fixed", "yuan": "600.50"}).status_code == 303
    again = post(settler, path, **form | {"amount_rule": "fixed", "yuan": "700"})
    assert again.status_code == 422
    assert "刚刚有人改过" in again.text
    with work():
        row = queries.catalogue(SYSTEM, "")[0]
        assert (row.number, row.amount) == (2, 60_050)
        newest = row.id
    page = settler.get(f"/chapters/benefits/{number}/").text
    assert "已经有新的规定" in page
    assert post(settler, f"/desk/chapters/benefits/{newest}/offer").status_code == 303
    assert "生育慰问" not in settler.get("/chapters/benefits/").text


def test_what_is_kept_how_long_and_what_a_person_may_have_erased(app, work, town, at):
    now = clock.now()
    with work():
        paid, other = town.submitted(town.benefit()), town.draft(town.benefit(name="结婚", category="marriage"), admission="")
        checking.check(paid, 100_000, actor=town.actor(town.officer), now=now)
        checking.approve(paid, 100_000, actor=town.actor(town.settler), now=now)
        payment = payments.draw_up(town.org(town.district), [paid.id], "", actor=town.actor(town.settler), now=now)
        payments.mark_paid(payment, date(2026, 5, 14), "HD", actor=town.actor(town.settler), now=now)
        told = keeping.export(Person(member_id=town.member))["福利申请"]
        assert {row["住院号或证件号"] for row in told} == {"ZY-2026-001", ""}
        paid_id, draft_id = paid.id, other.id
    later = at("2026-06-20 08:00")
    with app.app_context():
        assert keeping.tend(later) == 1
    with work():
        assert queries.claim(paid_id).state == State.CLOSED
    later = at("2026-10-01 08:00")
    with app.app_context():
        assert keeping.tend(later) == 2
    with work():
        claim = queries.claim(paid_id)
        assert (claim.event_sealed, claim.account_sealed, claim.decided_fen) == ("", "", 100_000)
        assert db.session().scalar(unscoped(select(Claim).where(Claim.id == draft_id), why="test")) is None
        kept = list(keeping.erase(Person(member_id=town.member), later))
        assert kept[0].until.year == 2036
        assert claim.account_id is None
