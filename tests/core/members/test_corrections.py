"""What is wrong on the roster: a member says so, the union's administrators answer."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from unionhall.hooks.types import Role
from unionhall.members.own_models import Correction
from unionhall.notices.models import Notice
from unionhall.platform.access import unscoped


@pytest.fixture
def asked(activated, post, work):
    """A request of somebody activated; its id."""
    assert post(activated, "/my/profile/", subject="employer", wish="单位应当是青禾第三纺织厂").location == "/my/profile/#asked"
    with work() as session:
        return session.scalars(unscoped(select(Correction), why="test")).one().id


@pytest.fixture
def administrator(app, desk, work, make):
    """The desk of the root's administrator."""
    with work():
        account = make.account(Role.ORG_ADMIN, make.root).id
    return desk(account)


def test_a_request_reaches_the_administrators_and_comes_back(activated, asked, administrator, work):
    assert "1<span" in administrator.get("/desk/").text.replace("\n", "")
    page = administrator.get("/desk/members/corrections/").text
    assert "何秀英" in page
    assert "青禾第三纺织厂" in administrator.get(f"/desk/members/corrections/{asked}").text
    answer = administrator.post(f"/desk/members/corrections/{asked}", answer="已改好", act="done")
    assert answer.location == "/desk/members/corrections/"
    page = activated.get("/my/profile/").text
    assert "已更正" in page and "已改好" in page
    with work() as session:
        assert session.scalars(select(Notice.kind)).all() == ["members.correction_answered"]
    again = administrator.post(f"/desk/members/corrections/{asked}", answer="再来一次", act="refuse")
    assert (again.status_code, "已经有人处理过了" in again.text) == (409, True)


def test_long_numbers_are_masked(activated, post, work, number):
    post(activated, "/my/profile/", subject="id", wish=f"证件号是 {number}，电话 139 1111 2222")
    with work() as session:
        wish = session.scalars(unscoped(select(Correction), why="test")).one().wish
    assert number[:6] not in wish and "1111" not in wish and wish.startswith("证件号是 ****")


@pytest.mark.parametrize("fields", [{"subject": "nothing", "wish": "x"}, {"subject": "name", "wish": ""}, {"subject": "name", "wish": "字" * 5000}, {}])
def test_what_cannot_be_asked_is_refused(activated, post, fields):
    assert post(activated, "/my/profile/", **fields).status_code == 422


def test_five_may_wait(activated, post):
    answers = [post(activated, "/my/profile/", subject="job", wish=f"岗位 {n}").status_code for n in range(6)]
    assert answers == [303] * 5 + [422]


def test_an_answer_needs_words(administrator, asked):
    assert administrator.post(f"/desk/members/corrections/{asked}", act="done").status_code == 422


def test_closed_ones_are_listed_apart(administrator, asked):
    assert "还没有处理过的" in administrator.get("/desk/members/corrections/?state=closed").text
    administrator.post(f"/desk/members/corrections/{asked}", answer="查过了，原来的对", act="refuse")
    assert "何秀英" in administrator.get("/desk/members/corrections/?state=closed").text
    assert "没有等待处理的" in administrator.get("/desk/members/corrections/").text
