"""The pages under /my/: whose they are, what stands on them, number and password, sessions, the code."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from unionhall.accounts.models import Account, LoginSession
from unionhall.base import clock
from unionhall.hooks.types import Role
from unionhall.members import codes, identity
from unionhall.members.models import Member
from unionhall.platform.access import unscoped
from unionhall.testing.factories import PASSWORD

MOBILE, NEW = "13800002617", "13911112222"
OWN = [
    "/my/", "/my/memberships/", "/my/profile/", "/my/account/", "/my/code", "/my/confirm", "/my/privacy/", "/my/privacy/looks",
    "/my/account/password", "/my/account/phone", "/my/account/phone/code", "/my/privacy/download", "/my/privacy/end", "/my/privacy/erase",
    "/activate/password",
]  # fmt: skip


@pytest.fixture
def account_of(work):
    """Return `account_of(login_key)` … the only account there is, refreshed."""

    def one():
        with work() as session:
            found = session.scalars(unscoped(select(Account), why="test")).unique().one()
            session.expunge_all()
        return found

    return one


@pytest.mark.parametrize("path", OWN)
def test_a_stranger_is_led_to_log_in_and_back(client, path):
    answer = client.get(path)
    assert (answer.status_code, answer.location) == (302, f"/login?next={path}")


@pytest.mark.parametrize("path", OWN)
def test_nothing_personal_is_stored_by_anybody(activated, path):
    answer = activated.get(path)
    assert answer.status_code in {200, 303}
    assert answer.headers["Cache-Control"] == "no-store"
    assert MOBILE not in answer.text


@pytest.mark.parametrize("path", ["/my/", "/my/profile/", "/my/account/", "/my/privacy/", "/my/privacy/looks"])
def test_somebody_without_a_membership_has_pages_too(client, login, work, make, path):
    with work():
        account = make.account().id
    login(client, account)
    assert client.get(path).status_code == 200


def test_who_is_not_activated_is_invited(client, login, work, make):
    with work():
        account = make.account().id
    login(client, account)
    assert 'href="/activate"' in client.get("/my/").text
    assert (client.get("/my/code").location, client.get("/my/memberships/").location) == ("/my/", "/my/")


def test_the_corner_leads_members_home_and_staff_to_the_desk(app, activated, login, work, make):
    assert 'href="/my/"' in activated.get("/corner").text
    with work():
        editor = make.account(Role.EDITOR).id
    staff = app.test_client()
    login(staff, editor)
    assert 'href="/desk/"' in staff.get("/corner").text
    assert 'href="/login"' in app.test_client().get("/corner").text


def test_unions_past_and_present_are_listed(client, login, work, make):
    with work():
        person = make.member(make.org(name="青禾第二纺织厂工会"), also=(make.org(name="太极拳协会工会"),), account=True)
        account = person.account_id
    login(client, account)
    page = client.get("/my/memberships/").text
    assert page.index("青禾第二纺织厂工会") < page.index("太极拳协会工会")
    assert "次要会籍" in page


@pytest.mark.both
def test_the_code_is_read_and_holds_no_name(work, make):
    with work():
        person = make.member(account=True)
        now = clock.now()
        code = codes.code_for(person, now)
        assert person.name not in code
        assert codes.member_of(code, now).id == person.id
        assert codes.member_of(f" {code}\n", now).id == person.id


@pytest.mark.parametrize("bad", ["", "a1:", "a1:xxxx", "a1:" + "A" * 80, "号" * 30, "x" * 5000, "b9:AAAA", "a1:!!!!"])
def test_a_made_up_code_is_nobodys(work, bad):
    with work():
        assert codes.member_of(bad, clock.now()) is None


def test_an_old_code_and_one_of_somebody_gone_are_nobodys(work, make, at):
    with work() as session:
        person = make.member(account=True)
        code = codes.code_for(person, clock.now())
        assert codes.member_of(code, at("2026-05-14 09:31")) is not None
        assert codes.member_of(code, at("2026-05-14 09:32")) is None
        at("2026-05-14 09:30")
        person.account_id = person.activated_at = None
        session.flush()
        assert codes.member_of(code, clock.now()) is None


def test_the_code_page_loads_itself_anew(activated):
    page = activated.get("/my/code").text
    assert '<meta http-equiv="refresh" content="55">' in page
    assert "data:image/svg+xml" in page


def test_what_matters_asks_who_one_is_first(activated, post, prove, work):
    assert activated.get("/my/account/phone").status_code == 200  # the code of activation was just proved
    with work() as session:
        session.scalars(select(LoginSession)).one().proved_at = None
    for path in ("/my/account/phone", "/my/account/password", "/my/privacy/download", "/my/privacy/erase", "/my/privacy/end"):
        assert activated.get(path).location == f"/my/confirm?next={path}"
        assert post(activated, path, sure="y", password="一句谁也猜不到的话").location == f"/my/confirm?next={path}"
    prove(activated)
    assert activated.get("/my/privacy/download").status_code == 200


def test_a_proof_holds_ten_minutes(activated, at):
    at("2026-05-14 09:41")
    assert activated.get("/my/account/phone").location == "/my/confirm?next=/my/account/phone"


def test_a_password_proves_too_and_a_wrong_one_does_not(client, login, post, work, make):
    with work():
        account = make.member(account=True).account_id
    login(client, account)
    assert post(client, "/my/confirm/password", password="not it", next="/my/account/phone").status_code == 422
    assert post(client, "/my/confirm/send").status_code == 422  # no number to send a code to
    assert post(client, "/my/confirm/password", password=PASSWORD, next="//evil.example").location == "/my/account/"
    assert client.get("/my/account/phone").status_code == 200


def test_the_number_is_changed_with_two_proofs(activated, post, code, texts, work):
    assert post(activated, "/my/account/phone", mobile="139-1111-2222").location == "/my/account/phone/code"
    assert texts()[-1][0] == NEW
    assert post(activated, "/my/account/phone/code", code=code()).location == "/my/account/"
    assert "139****2222" in activated.get("/my/account/").text
    assert texts()[-1][0] == MOBILE and "139****2222" in texts()[-1][1]
    with work() as session:
        row = session.scalars(unscoped(select(Member), why="test")).one()
        account = session.scalars(unscoped(select(Account), why="test")).unique().one()
        assert row.mobile_hash == account.phone_hash == identity.mobile_hash(NEW)


def test_another_accounts_number_cannot_be_taken(activated, post, code, work, make):
    with work():
        make.account().phone_hash = identity.mobile_hash(NEW)
    assert post(activated, "/my/account/phone", mobile=NEW).location == "/my/account/phone/code"
    answer = post(activated, "/my/account/phone/code", code=code())
    assert (answer.status_code, "另一个账号" in answer.text) == (422, True)


@pytest.mark.parametrize("mobile", ["", "12345", "1" * 400, MOBILE, "👻"])
def test_a_number_that_cannot_be_is_refused(activated, post, mobile):
    assert post(activated, "/my/account/phone", mobile=mobile).status_code == 422


def test_a_password_is_set_and_other_devices_are_logged_out(app, activated, post, login, account_of):
    elsewhere = app.test_client()
    login(elsewhere, account_of().id)
    new = "一句谁也猜不到的话"
    assert post(activated, "/my/account/password", password="12345678", again="12345678").status_code == 422
    assert post(activated, "/my/account/password", password=new, again=new).location == "/my/account/"
    assert elsewhere.get("/my/").status_code == 302
    assert activated.get("/my/").status_code == 200
    assert post(app.test_client(), "/login", login=MOBILE, password=new).location == "/login/done"


def test_devices_are_logged_out_one_by_one_and_only_ones_own(app, activated, login, post, work, make, account_of):
    elsewhere, mine = app.test_client(), account_of().id
    login(elsewhere, mine)
    with work() as session:
        ids = session.scalars(select(LoginSession.id).order_by(LoginSession.id)).all()
        other = make.account().id
    stranger = app.test_client()
    login(stranger, other)
    post(stranger, f"/my/account/sessions/{ids[-1]}/end")
    assert elsewhere.get("/my/").status_code == 200
    post(activated, f"/my/account/sessions/{ids[-1]}/end")
    assert elsewhere.get("/my/").status_code == 302
    login(elsewhere, mine)
    post(activated, "/my/account/sessions/end")
    assert (elsewhere.get("/my/").status_code, activated.get("/my/").status_code) == (302, 200)
