"""Creating accounts and giving rights: nobody gives more than they hold, nor anything to themselves."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import select

from unionhall.accounts import administration, services, throttle
from unionhall.accounts.models import Account, AccountGrant
from unionhall.base import clock, db
from unionhall.base.errors import NotAllowed, NotFound, RuleBroken, TooMany
from unionhall.hooks.types import SYSTEM, Role
from unionhall.orgs.models import OrgKind
from unionhall.platform.access import unscoped

GIVEN = {
    Role.SYSTEM_ADMIN: set(Role),
    Role.ORG_ADMIN: {Role.CORRESPONDENT, Role.EDITOR, Role.CHIEF_EDITOR, Role.ORG_ADMIN, Role.CLERK},
    Role.CHIEF_EDITOR: set(), Role.EDITOR: set(), Role.CORRESPONDENT: set(), Role.AUDITOR: set(), Role.CLERK: set(),
}  # fmt: skip


@pytest.mark.both
@pytest.mark.parametrize("giver", list(Role))
def test_which_role_gives_which(work, make, giver):
    given = set()
    for role in Role:
        with work() as session:
            org = make.org()
            actor = make.actor(giver, org)
            account = make.account(None, org)
            try:
                administration.grant(account, role, org, actor=actor, now=clock.now())
            except NotAllowed:
                session.rollback()
            else:
                given.add(role)
    assert given == GIVEN[giver]


def test_nobody_gives_beyond_their_subtree_or_to_themselves(work, make):
    with work():
        city = make.org()
        ours, theirs = make.org(city, OrgKind.DISTRICT), make.org(city, OrgKind.DISTRICT)
        admin = make.account(Role.ORG_ADMIN, ours)
        actor, other = make.actor_of(admin), make.account(None, ours)
        for account, place in ((other, theirs), (other, city), (admin, ours)):
            with pytest.raises(NotAllowed):
                administration.grant(account, Role.EDITOR, place, actor=actor, now=clock.now())


def test_an_org_administrator_has_no_power_over_somebody_with_more(work, make):
    with work():
        org = make.org()
        boss = make.account(Role.SYSTEM_ADMIN, make.root)
        boss.org_id = org.id
        db.session().flush()
        db.session().refresh(boss)
        actor = make.actor(Role.ORG_ADMIN, org)
        for act in (administration.disable, administration.end_sessions, administration.invite, administration.reset_second_factor):
            with pytest.raises(NotAllowed):
                act(boss, actor=actor, now=clock.now())


def test_the_last_system_administrator_stays(work, make):
    with work():
        first, second = make.account(Role.SYSTEM_ADMIN), make.account(Role.SYSTEM_ADMIN)
        administration.revoke(first.grants[0], actor=make.actor_of(second), now=clock.now())
        with pytest.raises(RuleBroken):
            administration.revoke(second.grants[0], actor=SYSTEM, now=clock.now())


def test_a_role_is_not_given_twice(work, make):
    with work():
        org = make.org()
        account = make.account(Role.EDITOR, org)
        with pytest.raises(RuleBroken):
            administration.grant(account, Role.EDITOR, org, actor=SYSTEM, now=clock.now())


@pytest.mark.postgres
def test_two_hands_on_one_invitation_set_one_password(app, work, make):
    with work():
        path = administration.first_administrator(make.root, login="boss", name="站长", now=clock.now())
    token, outcomes, gate = path.rpartition("/")[2], [], threading.Barrier(2)

    def use(password):
        with app.app_context():
            gate.wait()
            try:
                with db.unit_of_work():
                    services.finish_with_token(token, password, now=clock.now())
                outcomes.append("set")
            except NotFound:
                outcomes.append("gone")
            finally:
                db.session().remove()

    threads = [threading.Thread(target=use, args=(f"第 {n} 个人的长长的密码",)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["gone", "set"]


@pytest.mark.postgres
def test_parallel_tries_are_all_counted(app):
    limit, outcomes, gate = throttle.Limit(5, throttle.RESET.window), [], threading.Barrier(8)

    def spend():
        with app.app_context():
            gate.wait()
            for _ in range(2):
                try:
                    with db.unit_of_work():
                        throttle.spend("test", "somebody", limit, now=clock.now())
                    outcomes.append("through")
                except TooMany:
                    outcomes.append("stopped")
            db.session().remove()

    threads = [threading.Thread(target=spend) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (outcomes.count("through"), outcomes.count("stopped")) == (5, 11)


@pytest.mark.both
def test_merging_an_org_takes_accounts_and_grants_along(work, make):
    with work() as session:
        old, new = make.org(), make.org()
        account = make.account(Role.EDITOR, old)
        administration.hand_over(old.id, new.id, actor=SYSTEM, now=clock.now())
        session.expire_all()
        found = session.scalars(unscoped(select(Account).where(Account.id == account.id), why="test")).one()
        assert (found.org_id, found.grants[0].org_id) == (new.id, new.id)


@pytest.mark.both
def test_a_role_held_at_both_orgs_is_kept_once_after_a_merger(work, make):
    with work() as session:
        old, new = make.org(), make.org()
        account = make.account(Role.EDITOR, old)
        for place in (new, old):
            administration.grant(account, Role.EDITOR if place is new else Role.AUDITOR, place, actor=SYSTEM, now=clock.now())
        session.flush()
        administration.hand_over(old.id, new.id, actor=SYSTEM, now=clock.now())
        session.expire_all()
        held = session.scalars(select(AccountGrant).where(AccountGrant.org_id == new.id, AccountGrant.revoked_at.is_(None)))
        assert sorted(grant.role for grant in held) == ["auditor", "editor"]


def test_an_administrator_works_over_http(client, login, post, work, make):
    with work():
        org = make.org()
        admin = make.account(Role.ORG_ADMIN, org).id
        org_id = org.id
    login(client, admin)
    made = post(client, "/desk/accounts/new", login="linxt", name="林晓棠", email="lin@example.org", org_id=org_id)
    assert made.status_code == 303
    path = made.location
    assert post(client, f"{path}/grants", role="editor", org_id=org_id, ends_at="2026-12-31T18:00").status_code == 303
    page = client.get(path).text
    assert "编辑 · " in page and "2026-12-31 18:00" in page
    link = post(client, f"{path}/invite").text
    assert "/reset/" in link
    with work() as session:
        grant = session.scalars(select(AccountGrant).where(AccountGrant.role == "editor")).one()
        assert clock.local(grant.ends_at).isoformat() == "2026-12-31T18:00:00+08:00"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"login": "", "name": "林"}, "还没有填登录名"), ({"login": "a b", "name": "林"}, "不能有空格"),
        ({"login": "lin", "name": "林", "email": "lin@"}, "不像一个邮箱"), ({"login": "lin", "name": "字" * 61}, "最多 60 个字"),
    ],
)
def test_bad_input_is_said_at_the_field_and_kept(client, login, post, work, make, fields, words):
    with work():
        org = make.org()
        admin, org_id = make.account(Role.ORG_ADMIN, org).id, org.id
    login(client, admin)
    answer = post(client, "/desk/accounts/new", org_id=org_id, **fields)
    assert (answer.status_code, words in answer.text, "<title>错误：" in answer.text) == (422, True, True)
    assert f'value="{fields["name"]}"' in answer.text


def test_a_taken_login_is_refused_in_words(client, login, post, work, make):
    with work():
        org = make.org()
        admin, org_id = make.account(Role.ORG_ADMIN, org, login="boss").id, org.id
    login(client, admin)
    answer = post(client, "/desk/accounts/new", login="BOSS", name="林", org_id=org_id)
    assert (answer.status_code, "已经有人用了" in answer.text) == (422, True)


def test_an_auditor_sees_and_changes_nothing(client, login, post, work, make):
    with work():
        auditor, other = make.account(Role.AUDITOR).id, make.account(Role.EDITOR).id
    login(client, auditor)
    assert client.get(f"/desk/accounts/{other}").status_code == 200
    assert post(client, f"/desk/accounts/{other}/disable").status_code == 403
