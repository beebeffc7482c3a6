"""From a sign-up page through login and activation and back; each who cannot sign up sees what to do next."""

from __future__ import annotations

import pytest

from unionhall.base import clock, db
from unionhall.hooks.types import SYSTEM
from unionhall.orgs.models import Org, OrgKind
from unionhall.signups import sheets
from unionhall.signups.models import Audience
from unionhall.signups.sheets import Setup


@pytest.fixture
def sheet(work, make):
    """Return `sheet(audience)`: the address of a sheet of the root org."""

    def made(audience, org=None):
        with work():
            org = db.session().get(Org, org) if org else make.root
            setup = Setup("急救课", audience=audience, audience_org_id=org.id if audience == Audience.SUBTREE else None)
            return f"/signups/{sheets.create_sheet('tests.thing', 1, setup, org=org, actor=SYSTEM, now=clock.now()).id}/"

    return made


def test_a_stranger_activates_and_comes_back_to_sign_up(client, post, claim, code, member, sheet):
    here = sheet(Audience.MEMBERS)
    page = client.get(here).text
    assert "登录后报名" in page and f"/login?next={here}" in page
    login = client.get(f"/login?next={here}").text
    assert f"/activate?next={here}" in login
    assert f"next={here}" in client.get(f"/activate?next={here}").text, "and back to the login, should they have an account"
    claim(client)
    assert post(client, "/activate/code", code=code()).location == "/activate/password"
    assert f'href="{here}"' in client.get("/activate/password").text
    answer = post(client, "/activate/password", password="一句只有我知道的话吧", again="一句只有我知道的话吧")
    assert answer.location == here
    assert "确认报名" in client.get(here).text
    assert client.get("/activate").location == "/my/", "the way back is used up"


def test_a_code_login_leads_back_and_knows_the_way_to_activation(activated, app, post, code, sheet):
    here = sheet(Audience.MEMBERS)
    again = app.test_client()
    assert f"/activate?next={here}" in again.get(f"/login/code?next={here}").text
    post(again, "/login/code", mobile="13800002617", next=here)
    assert f"/activate?next={here}" in again.get("/login/code/enter").text
    assert post(again, "/login/code/enter", code=code()).location == here


def test_an_account_without_a_membership_is_led_to_activation(app, login, work, make, sheet):
    here = sheet(Audience.MEMBERS)
    with work():
        account = make.account().id
    client = app.test_client()
    login(client, account)
    page = client.get(here).text
    assert "激活会员后再来" in page and f"/activate?next={here}" in page


def test_a_member_of_another_union_sees_why_and_what_to_do(activated, work, make, sheet):
    with work():
        other = make.org(make.root, OrgKind.CITY, "东津市总工会").id
    page = activated.get(sheet(Audience.SUBTREE, other)).text
    assert "只对“东津市总工会”及下级的会员开放" in page and 'href="/my/memberships/"' in page and "申请转接" in page


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example", "x" * 3000])
def test_the_way_back_stays_on_this_site(client, post, claim, code, member, target):
    client.get("/activate", query_string={"next": target})
    claim(client)
    post(client, "/activate/code", code=code())
    assert 'href="/my/"' in client.get("/activate/password").text
