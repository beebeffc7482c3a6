"""Each figure of the report opens the days behind it, for the members of one's scope, and exports them."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from unionhall.base import clock
from unionhall.hooks.types import SYSTEM, Role
from unionhall.orgs.queries import by_ids
from unionhall_quiz.figures import exports, hooks, queries
from unionhall_quiz.play.models import Attempt, Paper, Round

DAY = date(2026, 5, 14)
SPAN = (date(2026, 5, 1), date(2026, 6, 1))


@pytest.fixture
def taken(work, make):
    """A round of the root in which three of one union and two of another answer, some of them on two days; returns the unions' ids."""
    with work() as session:
        now, here, there = clock.now(), make.org(make.root, name="东市"), make.org(make.root, name="西市")
        found = Round(
            org_id=make.root.id, slug="daily", title="每日一答", calendar="daily", since=DAY - timedelta(days=9), state="running",
            quota={}, created_at=now, updated_at=now,
        )  # fmt: skip
        session.add(found)
        session.flush()
        papers = [Paper(round_id=found.id, day=DAY - timedelta(days=back), created_at=now) for back in (0, 1)]
        session.add_all(papers)
        session.flush()
        for org, number in ((here, 3), (there, 2)):
            for _each in range(number):
                member = make.member(org, account=True)
                for paper in papers if number == 3 else papers[:1]:
                    session.add(Attempt(
                        round_id=found.id, paper_id=paper.id, member_id=member.id, org_path=org.path, day=paper.day, state="scored", nonce="n",
                        total=2, score=2, passed=number == 3, began_at=now, due_at=now, scored_at=now,
                    ))  # fmt: skip
        session.flush()
        return {"here": here.id, "there": there.id, "round": found.id}


@pytest.mark.both
def test_the_lines_add_up_to_the_figures_of_the_scope(work, make, taken):
    with work():
        for path, expected in (("/", (5, 8)), (_path(taken["here"]), (3, 6)), (_path(taken["there"]), (2, 2))):
            lines, total = queries.day_lines(SYSTEM, path, *SPAN)
            found = queries.in_reach(SYSTEM, path, *SPAN)
            assert (found.people, found.attempts) == expected == (queries.people_at(path, *SPAN), queries.attempts_at(path, *SPAN))
            assert (sum(line.attempts for line in lines), len(lines)) == (expected[1], total)
        assert queries.day_lines(SYSTEM, "/", DAY, DAY + timedelta(days=1))[1] == 1


def _path(org_id):
    return by_ids([org_id])[org_id].path


def test_somebody_of_one_union_sees_its_members_in_everybodys_round(work, make, taken, person):
    with work():
        here = by_ids([taken["here"]])[taken["here"]]
    local, boss = person(Role.AUDITOR, here), person(Role.AUDITOR)
    url = next(iter(hooks.unionhall_report_figures())).rows_url("/", *SPAN)
    assert url == "/desk/quiz/figures/rows?since=2026-05-01&until=2026-05-31"
    page = local.get(url).text
    assert re.search(r"<span>人次</span><b>6</b>", page) and re.search(r"<span>参加的人</span><b>3</b>", page)
    assert "/days/2026-05-14/" not in page  # the round itself is not theirs to open
    page = boss.get(url).text
    assert re.search(r"<span>人次</span><b>8</b>", page) and f"/desk/quiz/rounds/{taken['round']}/days/2026-05-14/" in page
    for query in ("", "?since=x&until=y", "?since=2026-06-01&until=2026-05-01", "?page=9"):
        assert boss.get(f"/desk/quiz/figures/rows{query}").status_code in (200, 404)


def test_others_do_not_get_in(client, person):
    assert client.get("/desk/quiz/figures/rows").status_code == 302
    assert person().get("/desk/quiz/figures/rows").status_code == 403
    assert person(Role.CORRESPONDENT).get("/desk/quiz/figures/rows").status_code == 403


def test_the_export_has_the_lines_of_the_page(work, make, taken):
    filters = {"since": "2026-05-01", "until": "2026-05-31"}
    with work():
        rows = list(exports.day_rows(make.actor(Role.AUDITOR), "/", filters))
        assert rows == [[DAY, "每日一答", 5, 5, 3], [DAY - timedelta(days=1), "每日一答", 3, 3, 3]]
        stranger = make.actor(Role.AUDITOR, make.org(make.root))
        assert list(exports.day_rows(stranger, "/", filters)) == []
        assert list(exports.age_rows(stranger, "/", {"round": str(taken["round"])})) == []
        assert list(exports.age_rows(make.actor(Role.AUDITOR), "/", {"round": "x"})) == []
