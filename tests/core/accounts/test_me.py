"""One's own account in the desk: profile, password, second factor, sessions; and the desk that waits for a second factor."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import unquote

import pyotp
import pytest

from unionhall.accounts import second_factor
from unionhall.accounts.models import LoginSession
from unionhall.base import clock
from unionhall.base.errors import RuleBroken
from unionhall.hooks.types import Role
from unionhall.testing.factories import PASSWORD

ME = "/desk/accounts/me"


@pytest.fixture
def me(client, login, editor):
    login(client, editor)
    return client


@pytest.fixture
def demanded(app):
    """A site that wants a second factor of everybody."""
    kept = app.config["UNIONHALL"]
    app.config["UNIONHALL"] = kept.model_copy(update={"require_second_factor": True})
    yield
    app.config["UNIONHALL"] = kept


def test_a_name_changes_without_the_password_an_address_with_it(me, post, work, load, editor, letters, link):
    assert post(me, ME, name="顾 言", email="guyan@example.org").status_code == 303
    refused = post(me, ME, name="顾言", email="other@example.org")
    assert (refused.status_code, 'value="other@example.org"' in refused.text, 'href="#profile-password"' in refused.text) == (422, True, True)
    assert letters() == []
    assert post(me, ME, name="顾言", email="ＯＴＨＥＲ@example.org", password=PASSWORD).status_code == 303
    with work() as session:
        assert load(session, editor).email == "other@example.org"
    assert letters() == [("guyan@example.org", "职工之家账号的安全提醒")]
    assert me.get(link).status_code == 404


def test_nothing_else_of_the_account_can_be_set(me, post, work, load, editor):
    with work() as session:
        before = {name: value for name, value in vars(load(session, editor)).items() if name != "_sa_instance_state"}
    post(me, ME, name=before["name"], email=before["email"], id="99", login="admin", org_id="1", disabled_at="", password_hash="x",
         totp_confirmed_at="x", grants="system_admin", role="system_admin")  # fmt: skip
    with work() as session:
        after = {name: value for name, value in vars(load(session, editor)).items() if name != "_sa_instance_state"}
    assert {name: after[name] for name in before if name not in {"org", "grants"}} == {n: before[n] for n in before if n not in {"org", "grants"}}


def test_a_new_password_ends_the_other_sessions_and_this_ones_token(app, me, login, post, editor, new, letters):
    elsewhere, thief = app.test_client(), app.test_client()
    login(elsewhere, editor)
    thief.set_cookie("uh_login", me.get_cookie("uh_login").value)
    assert post(me, f"{ME}/password", old=PASSWORD, password=new, again=new).status_code == 303
    assert [browser.get("/desk/").status_code for browser in (me, elsewhere, thief)] == [200, 302, 302]
    assert letters() == [("guyan@example.org", "职工之家账号的安全提醒")]
    assert post(app.test_client(), "/login", login="guyan", password=new).status_code == 303


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"old": "wrong"}, "new-old"), ({"password": "short", "again": "short"}, "new-password"), ({"again": "different"}, "new-again"),
        ({"password": "guyan2026", "again": "guyan2026"}, "new-password"), ({"password": "测试工会1 2026"} | {"again": "测试工会1 2026"}, "new-password"),
    ],
)  # fmt: skip
def test_a_password_that_will_not_do_is_said_at_its_field(app, me, post, new, fields, field):
    before = me.get_cookie("uh_login").value
    answer = post(me, f"{ME}/password", **({"old": PASSWORD, "password": new, "again": new} | fields))
    assert (answer.status_code, f'href="#{field}"' in answer.text, "<title>错误：" in answer.text) == (422, True, True)
    assert me.get_cookie("uh_login").value == before
    assert post(app.test_client(), "/login", login="guyan", password=PASSWORD).status_code == 303


def test_guessing_ones_password_from_inside_and_outside_is_one_count(app, me, post, new):
    codes = [post(me, f"{ME}/password", old="wrong", password=new, again=new).status_code for _ in range(5)]
    codes += [post(me, ME, name="顾言", email="x@example.org", password="wrong").status_code for _ in range(3)]
    codes += [post(me, f"{ME}/second-factor", password="wrong").status_code for _ in range(2)]
    last = post(me, f"{ME}/password", old=PASSWORD, password=new, again=new)
    assert (codes, last.status_code, int(last.headers["Retry-After"]) > 0) == ([422] * 10, 429, True)
    assert post(app.test_client(), "/login", login="guyan", password=PASSWORD).status_code == 429


def start(client, post):
    """Begin binding; return the page's secret and its sealed form."""
    page = post(client, f"{ME}/second-factor", password=PASSWORD).text
    sealed = re.search(r'name="sealed" value="([^"]+)"', page).group(1)
    secret = re.search(r'<span class="mono">([A-Z2-7 ]+)</span>', page).group(1).replace(" ", "")
    return secret, sealed, page


def test_binding_an_app(app, me, post, work, load, editor):
    assert "data:image/svg" not in me.get(ME).text
    assert post(me, f"{ME}/second-factor", password="wrong").status_code == 422
    before = me.get_cookie("uh_login").value
    secret, sealed, page = start(me, post)
    drawn = unquote(re.search(r'<img src="data:image/svg\+xml[^"]*"', page).group(0))
    assert "<svg" in drawn and "style=" not in page
    assert secret not in me.get(ME).text
    wrong = post(me, f"{ME}/second-factor/confirm", sealed=sealed, code="000000")
    assert (wrong.status_code, sealed in wrong.text) == (422, True)
    done = post(me, f"{ME}/second-factor/confirm", sealed=sealed, code=pyotp.TOTP(secret).at(clock.now()))
    codes = re.findall(r"<li>([a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4})</li>", done.text)
    assert (done.status_code, len(set(codes)), done.headers["Cache-Control"]) == (200, 10, "no-store")
    assert codes[0] not in me.get(ME).text
    assert me.get_cookie("uh_login").value != before
    with work() as session:
        assert load(session, editor).has_second_factor
        assert secret not in load(session, editor).totp_sealed
    again = app.test_client()
    post(again, "/login", login="guyan", password=PASSWORD)
    assert post(again, "/login/second", code=codes[0]).status_code == 303


def test_a_proposal_is_ones_own_and_fresh(app, me, login, post, work, make, load, editor, at):
    with work():
        other = make.account(Role.EDITOR, make.org()).id
    browser = app.test_client()
    login(browser, other)
    secret, sealed, _page = start(me, post)
    code = pyotp.TOTP(secret).at(clock.now())
    for client, sent in ((browser, sealed), (me, sealed[:-4] + "AAAA"), (me, ""), (me, "a1:"), (me, "验")):
        assert post(client, f"{ME}/second-factor/confirm", sealed=sent, code=code).status_code == 422
    now = at("2026-05-14 09:46")
    assert post(me, f"{ME}/second-factor/confirm", sealed=sealed, code=pyotp.TOTP(secret).at(now)).status_code == 422
    with work() as session:
        assert not load(session, other).has_second_factor and not load(session, editor).has_second_factor


def test_a_second_app_is_not_bound_over_the_first(me, post, bound):
    page = post(me, f"{ME}/second-factor", password=PASSWORD)
    assert (page.status_code, "先解除绑定" in page.text) == (422, True)


@pytest.mark.postgres
def test_two_apps_at_once_bind_one(together, work, load, editor, at):
    now = clock.now()

    def bind(session):
        account = load(session, editor)
        proposed = second_factor.propose(account, now=now)
        code = pyotp.TOTP(proposed.secret).at(now)
        return len(second_factor.confirm(account, proposed, code, actor=second_factor.Actor(), now=now))

    assert together(bind, bind) == [10, RuleBroken.__name__]
    with work() as session:
        assert second_factor.recovery_left(load(session, editor)) == 10


def test_unbinding_asks_for_both(me, post, work, load, editor, bound, at, letters):
    totp, _codes = bound
    now = at("2026-05-14 09:40")
    assert post(me, f"{ME}/second-factor/remove", password="wrong", code=totp.at(now)).status_code == 422
    assert post(me, f"{ME}/second-factor/remove", password=PASSWORD, code="000000").status_code == 422
    assert letters() == []
    assert post(me, f"{ME}/second-factor/remove", password=PASSWORD, code=totp.at(now)).status_code == 303
    with work() as session:
        account = load(session, editor)
        assert (account.has_second_factor, second_factor.recovery_left(account)) == (False, 0)
    assert letters() == [("guyan@example.org", "职工之家账号的安全提醒")]
    assert me.get("/desk/").status_code == 200


def test_wrong_codes_at_unbinding_stay_counted(me, post, bound):
    codes = [post(me, f"{ME}/second-factor/remove", password=PASSWORD, code="000000").status_code for _ in range(11)]
    assert codes == [422] * 10 + [429]


def test_sessions_are_listed_and_ended(app, me, login, post, work, make, editor, at):
    with work():
        stranger = make.account(Role.EDITOR, make.org()).id
    other, theirs = app.test_client(), app.test_client()
    login(theirs, stranger)
    login(other, editor)
    at("2026-05-14 09:45")
    me.get("/desk/"), other.get("/desk/"), theirs.get("/desk/")
    with work() as session:
        ids = {row.account_id: row.id for row in session.query(LoginSession).order_by(LoginSession.id)}
    assert len(re.findall("sessions/[0-9]+/end", me.get(ME).text)) == 1
    assert post(me, f"{ME}/sessions/{ids[stranger]}/end").status_code == 303
    assert theirs.get("/desk/").status_code == 200
    assert post(me, f"{ME}/sessions/{ids[editor]}/end").status_code == 303
    assert (other.get("/desk/").status_code, me.get("/desk/").status_code) == (302, 200)
    login(other, editor)
    post(me, f"{ME}/sessions/end")
    assert (other.get("/desk/").status_code, me.get("/desk/").status_code) == (302, 200)
    login(other, editor)
    at("2026-05-14 10:10")
    me.get("/desk/")
    at("2026-05-14 10:20")
    assert "sessions/end" not in me.get(ME).text


def test_where_it_is_demanded_the_desk_waits_for_a_second_factor(me, post, demanded, at):
    for path in ("/desk/", "/desk/news/", "/desk/news/new"):
        assert me.get(path).location == f"{ME}#second-factor"
    assert post(me, "/desk/scope", path="/1/").location == f"{ME}#second-factor"
    assert "先绑定动态口令" in me.get(ME).text
    secret, sealed, _page = start(me, post)
    assert post(me, f"{ME}/second-factor/confirm", sealed=sealed, code=pyotp.TOTP(secret).at(clock.now())).status_code == 200
    assert me.get("/desk/news/").status_code == 200


def test_the_page_is_for_those_with_a_desk(app, client, login, work, make):
    assert client.get(ME).location == f"/login?next={ME}"
    with work():
        member = make.account(None, make.org()).id
    login(client, member)
    assert client.get(ME).status_code == 403


def test_the_hour_of_a_long_session_is_not_prolonged_by_a_new_token(me, post, new, at):
    post(me, f"{ME}/password", old=PASSWORD, password=new, again=new)
    seen = {}
    for minute in range(20, 13 * 60, 20):
        moment = clock.local(at("2026-05-14 09:30") + timedelta(minutes=minute))
        at(moment.strftime("%Y-%m-%d %H:%M"))
        seen[minute] = me.get("/desk/").status_code
    assert {minute for minute, code in seen.items() if code == 302} == set(range(720, 780, 20))
