"""Stations counted against the target, org by org."""

from __future__ import annotations

from datetime import date

from unionhall.base import clock, db
from unionhall_stations.figures import queries
from unionhall_stations.models import Station


def add(org, number, state="open", opened=date(2026, 5, 1), closed=None):
    now = clock.now()
    made = Station(
        org_id=org.id, org=org, number=number, slug=f"s-{number}", name=f"驿站{number}", state=state, opened_on=opened, closed_on=closed,
        created_at=now, updated_at=now,
    )  # fmt: skip
    db.session().add(made)
    db.session().flush()


def test_figures_count_what_stands_and_what_opened(work, make):
    with work():
        east = make.org(name="东津区总工会")
        add(east, 1)
        add(east, 2, opened=date(2026, 4, 1))
        add(make.root, 3, "closed", date(2026, 1, 1), date(2026, 5, 10))
        add(make.root, 4, "fitting", None)
        may, june = date(2026, 5, 1), date(2026, 6, 1)
        assert queries.standing(make.root.path, may, june) == 2 and queries.standing(make.root.path, date(2026, 4, 1), may) == 2
        assert queries.standing(east.path, may, june) == 2 and queries.opened(make.root.path, may, june) == 1
        assert queries.inspected(make.root.path, may, june) == 0


def test_the_page_shows_the_target_and_is_the_desks(client, person, work, make):
    with work():
        add(make.org(name="东津区总工会"), 1)
    keeper = person("stations.keeper")
    page = keeper.get("/desk/stations/figures/").text
    assert "目标 100 个，完成 1%" in page and "东津区总工会" in page and "歇脚座椅" in page
    assert "/login" in client.get("/desk/stations/figures/").location and person().get("/desk/stations/figures/").status_code == 403
