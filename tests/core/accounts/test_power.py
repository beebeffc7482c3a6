"""The limits of an administrator's power: over whom, where, from when until when; and that somebody always stays in charge."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from unionhall.accounts import administration
from unionhall.accounts.models import Account, AccountGrant
from unionhall.base import clock
from unionhall.base.errors import NotAllowed, RuleBroken
from unionhall.hooks.types import SYSTEM, Role
from unionhall.orgs.models import OrgKind
from unionhall.platform.access import unscoped

ACTS = {
    "change": lambda account, **who: administration.change_account(account, name="别人", email="mine@example.org", **who),
    "invite": lambda account, **who: administration.invite(account, **who),
    "disable": lambda account, **who: administration.disable(account, **who),
    "enable": lambda account, **who: administration.enable(account, **who),
    "end": lambda account, **who: administration.end_sessions(account, **who),
    "unbind": lambda account, **who: administration.reset_second_factor(account, **who),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("begins", ["now", "next week"])
def test_no_power_over_somebody_with_more_rights_today_or_later(work, make, act, begins):
    with work() as session:
        org, now = make.org(), clock.now()
        above = make.account(None, org)
        starts = now if begins == "now" else now + timedelta(days=7)
        administration.grant(above, Role.AUDITOR, make.root, starts_at=starts, actor=SYSTEM, now=now)
        with pytest.raises(NotAllowed):
            ACTS[act](above, actor=make.actor(Role.ORG_ADMIN, org), now=now)
        assert session.get(Account, above.id).email == ""


@pytest.mark.parametrize("act", ACTS)
def test_no_power_in_another_org(work, make, act):
    with work():
        ours, theirs = make.org(), make.org()
        actor, account = make.actor(Role.ORG_ADMIN, ours), make.account(Role.EDITOR, theirs)
        with pytest.raises(NotAllowed):
            ACTS[act](account, actor=actor, now=clock.now())


@pytest.mark.parametrize("act", ["change", "invite", "disable", "unbind"])
def test_ones_own_account_is_changed_where_the_password_is_asked_for(work, make, act):
    with work():
        admin = make.account(Role.SYSTEM_ADMIN)
        make.account(Role.SYSTEM_ADMIN)
        with pytest.raises(NotAllowed):
            ACTS[act](admin, actor=make.actor_of(admin), now=clock.now())


def test_a_role_in_ones_own_org_is_not_given_to_somebody_elses_account(work, make):
    with work():
        ours, theirs = make.org(), make.org()
        actor, account = make.actor(Role.ORG_ADMIN, ours), make.account(None, theirs)
        with pytest.raises(NotAllowed):
            administration.grant(account, Role.EDITOR, ours, actor=actor, now=clock.now())


def test_what_an_org_administrator_may_offer(work, make):
    with work():
        assert administration.givable(make.actor(Role.ORG_ADMIN, make.org())) == [
            Role.CORRESPONDENT, Role.EDITOR, Role.CHIEF_EDITOR, Role.ORG_ADMIN, Role.CLERK,
        ]
        assert administration.givable(make.actor(Role.AUDITOR)) == []
        assert administration.givable(make.actor(Role.SYSTEM_ADMIN)) == list(Role)


@pytest.mark.both
def test_a_role_holds_from_its_beginning_until_its_end(work, make, at):
    with work():
        org, now = make.org(), clock.now()
        account = make.account(None, org)
        administration.grant(
            account, Role.EDITOR, org, starts_at=now + timedelta(hours=1), ends_at=now + timedelta(hours=2), actor=SYSTEM, now=now
        )
        held = []
        for minutes in (0, 59, 60, 119, 120):
            moment = now + timedelta(minutes=minutes)
            held.append((len(make.actor_of(account).grants), account.grants[0].state(moment)))
            assert account.grants[0].in_force(moment) == (account.grants[0].state(moment) == "held")
    assert [state for _grants, state in held] == ["later", "later", "held", "held", "over"]


def test_a_role_that_ends_closes_the_door_in_the_middle_of_a_session(client, login, work, make, at):
    with work():
        org, now = make.org(), clock.now()
        account = make.account(None, org)
        administration.grant(account, Role.EDITOR, org, ends_at=now + timedelta(minutes=10), actor=SYSTEM, now=now)
        account_id = account.id
    login(client, account_id)
    codes = []
    for moment in ("09:39", "09:40"):
        at(f"2026-05-14 {moment}")
        codes.append(client.get("/desk/news/").status_code)
    assert codes == [200, 403]


@pytest.mark.parametrize(("starts", "ends"), [(None, None), (5, None), (None, 5), (5, 6)])
def test_the_same_role_twice_at_one_time_is_refused(work, make, starts, ends):
    with work():
        org, now = make.org(), clock.now()
        account = make.account(None, org)
        administration.grant(account, Role.EDITOR, org, starts_at=now, ends_at=now + timedelta(days=10), actor=SYSTEM, now=now)
        period = {"starts_at": starts and now + timedelta(days=starts), "ends_at": ends and now + timedelta(days=ends)}
        with pytest.raises(RuleBroken):
            administration.grant(account, Role.EDITOR, org, **period, actor=SYSTEM, now=now)
        administration.grant(account, Role.EDITOR, org, starts_at=now + timedelta(days=10), actor=SYSTEM, now=now)


@pytest.mark.postgres
def test_two_hands_give_a_role_once(together, work, make, load):
    with work():
        org = make.org()
        account_id = make.account(None, org).id

    def give(session):
        account = load(session, account_id)
        return administration.grant(account, Role.EDITOR, account.org, actor=SYSTEM, now=clock.now()).role

    assert together(give, give) == [RuleBroken.__name__, "editor"]


@pytest.mark.postgres
def test_two_hands_make_an_account_once(together, work, make):
    def make_one(session):
        return administration.create_account(make.root, login="same", name="同名", actor=SYSTEM, now=clock.now()).login

    assert together(make_one, make_one) == [RuleBroken.__name__, "same"]


@pytest.mark.postgres
@pytest.mark.parametrize("how", ["disable", "revoke", "both"])
def test_two_administrators_cannot_put_each_other_out(together, work, make, load, how):
    with work():
        ids = [make.account(Role.SYSTEM_ADMIN).id for _ in range(2)]
    both_in_power = threading.Barrier(2)

    def put_out(session, number):
        account, actor = load(session, ids[number]), make.actor_of(load(session, ids[1 - number]))
        both_in_power.wait(60)
        if how == "disable" or (how == "both" and number):
            administration.disable(account, actor=actor, now=clock.now())
        else:
            administration.revoke(account.grants[0], actor=actor, now=clock.now())
        return "out"

    assert together(lambda session: put_out(session, 0), lambda session: put_out(session, 1)) == [RuleBroken.__name__, "out"]


@pytest.mark.both
@pytest.mark.parametrize("other", ["nobody", "disabled", "no password", "not yet", "below"])
def test_the_last_administrator_who_can_log_in_stays(work, make, other):
    with work() as session:
        now, last = clock.now(), make.account(Role.SYSTEM_ADMIN)
        second = make.account(Role.SYSTEM_ADMIN, make.org() if other == "below" else make.root)
        if other == "nobody":
            second.grants[0].revoked_at = now
        elif other == "disabled":
            second.disabled_at = now
        elif other == "no password":
            second.password_hash = ""
        elif other == "not yet":
            second.grants[0].starts_at = now + timedelta(days=1)
        session.flush()
        for act in (lambda: administration.revoke(last.grants[0], actor=SYSTEM, now=now), lambda: administration.disable(last, actor=SYSTEM, now=now)):
            with pytest.raises(RuleBroken):
                act()
        administration.disable(make.account(Role.EDITOR), actor=SYSTEM, now=now)


def test_taking_back_twice_says_when_it_was_first(work, make):
    with work():
        row, now = make.account(Role.EDITOR, make.org()).grants[0], clock.now()
        administration.revoke(row, actor=SYSTEM, now=now)
        administration.revoke(row, actor=SYSTEM, now=now + timedelta(hours=1))
        assert row.revoked_at == now


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"login": ""}, "login"), ({"login": "a b"}, "login"), ({"login": "a@b.cn"}, "login"), ({"login": "字" * 61}, "login"),
        ({"login": "㍿" * 20}, "login"), ({"name": " "}, "name"), ({"name": "字" * 61}, "name"), ({"email": "x" * 201}, "email"),
    ],
)  # fmt: skip
def test_an_account_that_does_not_fit_is_refused_whoever_asks(work, make, fields, field):
    with work(), pytest.raises(RuleBroken) as refusal:
        administration.create_account(make.root, **({"login": "lin", "name": "林"} | fields), actor=SYSTEM, now=clock.now())
    assert refusal.value.field == field


def test_a_login_is_one_however_it_is_typed(work, make):
    with work():
        administration.create_account(make.root, login="LinXiao", name="林", actor=SYSTEM, now=clock.now())
        for login in ("linxiao", "ＬＩＮxiao", "lin\u200bxiao"):
            with pytest.raises(RuleBroken):
                administration.create_account(make.root, login=login, name="林", actor=SYSTEM, now=clock.now())


def test_a_link_of_a_disabled_account_is_not_made(work, make):
    with work():
        account = make.account(Role.EDITOR, make.org())
        administration.disable(account, actor=SYSTEM, now=clock.now())
        with pytest.raises(RuleBroken):
            administration.invite(account, actor=SYSTEM, now=clock.now())


@pytest.fixture
def places(work, make):
    """A city with two districts, an administrator and an editor of each, and an auditor."""
    with work():
        city = make.org()
        ours, theirs = make.org(city, OrgKind.DISTRICT), make.org(city, OrgKind.DISTRICT)
        return {
            "ours": ours.id, "theirs": theirs.id, "admin": make.account(Role.ORG_ADMIN, ours, login="shao").id,
            "editor": make.account(Role.EDITOR, ours, login="Guyan", name="顾Yan 100%").id,
            "stranger": make.account(Role.EDITOR, theirs, login="luo", name="骆听溪").id, "auditor": make.account(Role.AUDITOR).id,
        }


def paths(session, account_id):
    grant = session.scalars(select(AccountGrant.id).where(AccountGrant.account_id == account_id)).first()
    ends = ("", "/grants", f"/grants/{grant}/revoke", "/invite", "/disable", "/enable", "/end-sessions", "/reset-factor")
    return [f"/desk/accounts/{account_id}{end}" for end in ends]


def test_another_orgs_account_is_not_there(client, login, post, work, places):
    login(client, places["admin"])
    with work() as session:
        found = paths(session, places["stranger"])
    assert {(path, post(client, path, role="editor", org_id=places["ours"]).status_code) for path in found} == {(path, 404) for path in found}
    assert client.get(found[0]).text.count("骆听溪") == 0
    assert {client.get(path).status_code for path in (found[0], found[2], found[4], found[7])} == {404}
    assert "骆听溪" not in client.get("/desk/accounts/").text


def test_an_auditor_looks_and_touches_nothing(client, login, post, work, places):
    login(client, places["auditor"])
    with work() as session:
        found = paths(session, places["editor"])
    assert {post(client, path).status_code for path in [*found, "/desk/accounts/new"]} == {403}
    page = client.get(found[0])
    assert page.status_code == 200
    assert "<form" not in page.text.partition("<main")[2]


def test_a_form_without_its_token_changes_nothing(client, login, work, places):
    login(client, places["admin"])
    with work() as session:
        found = paths(session, places["editor"])
    assert {client.post(path, data={"name": "x"}).status_code for path in found} == {400}
    with work() as session:
        account = session.scalars(unscoped(select(Account).where(Account.id == places["editor"]), why="test")).one()
        assert (account.name, account.enabled, account.grants[0].revoked_at) == ("顾Yan 100%", True, None)


def test_a_role_and_an_org_beyond_ones_reach_are_not_taken_from_the_form(client, login, post, work, places):
    login(client, places["admin"])
    path = f"/desk/accounts/{places['editor']}/grants"
    refused = [
        post(client, path, role=role, org_id=places[org]).status_code
        for role, org in (("system_admin", "ours"), ("auditor", "ours"), ("chief_editor", "theirs"), ("king", "ours"))
    ]
    assert refused == [422] * 4
    assert "系统管理员" not in client.get(path.removesuffix("/grants")).text
    assert post(client, f"/desk/accounts/{places['admin']}/grants", role="chief_editor", org_id=places["ours"]).status_code == 403
    with work() as session:
        assert len(session.scalars(select(AccountGrant)).all()) == 4


def test_taking_away_is_asked_first_and_then_done(client, login, post, work, places):
    login(client, places["admin"])
    with work() as session:
        _page, _grants, revoke, _invite, disable, enable, _end, _unbind = paths(session, places["editor"])
    for path, words in ((revoke, ("顾Yan 100%", "编辑")), (disable, ("Guyan", "0 个会话"))):
        page = client.get(path).text
        assert all(word in page for word in words)
    with work() as session:
        account = session.get(Account, places["editor"], execution_options={"unionhall_scope": "test"})
        assert account.enabled and account.grants[0].revoked_at is None
    assert [post(client, path).status_code for path in (revoke, disable)] == [303, 303]
    page = client.get(disable.removesuffix("/disable")).text
    assert "已收回" in page and "停用" in page
    assert post(client, enable).status_code == 303


@pytest.mark.both
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"顾Yan 100%", "人员"}), ("q=GUYAN", {"顾Yan 100%"}), ("q=yan", {"顾Yan 100%"}), ("q=%25", {"顾Yan 100%"}), ("q=_", set()),
        ("q=%5C", set()), ("state=disabled", set()), ("state=enabled", {"顾Yan 100%", "人员"}), ("state=waiting", set()),
        ("state=x%27--", {"顾Yan 100%", "人员"}), ("q=骆", set()),
    ],
)  # fmt: skip
def test_the_list_is_searched(client, login, places, query, found):
    login(client, places["admin"])
    page = client.get(f"/desk/accounts/?{query}")
    shown = {name for name in ("顾Yan 100%", "人员", "骆听溪") if f">{name}" in page.text.partition("<tbody")[2]}
    assert (page.status_code, shown) == (200, found)


def test_a_name_full_of_markup_is_shown_as_it_is(client, login, post, work, make, places):
    with work() as session:
        account = session.get(Account, places["editor"], execution_options={"unionhall_scope": "test"})
        account.name = "</script><script>alert(1)</script>"
        found = paths(session, places["editor"])
    login(client, places["admin"])
    for path in ("/desk/accounts/", found[0], found[2], found[4]):
        page = client.get(path).text
        assert "<script>alert" not in page and "&lt;script&gt;alert" in page
