"""Reports of faults: answered, mended, asked about after a week, opened again by a no."""

from __future__ import annotations

import io
import threading
from datetime import timedelta

import pytest
from PIL import Image
from sqlalchemy import select

from unionhall.base import clock, db
from unionhall.base.errors import Conflict, NotAllowed, NotFound, RuleBroken, TooMany
from unionhall.hooks.people import Person
from unionhall.hooks.types import Role
from unionhall.notices.models import Notice
from unionhall.platform.access import unscoped
from unionhall_stations.directory import seams
from unionhall_stations.faults import asking, exports, keeping, queries, services
from unionhall_stations.faults.models import Fault


def picture():
    data = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(data, "JPEG")
    data.seek(0)
    return data, "饮水机.jpg"


def rows():
    return list(db.session().scalars(unscoped(select(Fault).order_by(Fault.id), why="test")))


def works(found):
    db.session().expire(found)
    return {offer.service_id: offer.works for offer in found.offers}


@pytest.fixture
def browsers(app, login, make, work):
    """Two members' browsers."""
    with work():
        accounts = [make.member(account=True).account_id for _n in range(2)]
    made = [app.test_client() for _account in accounts]
    for client, account in zip(made, accounts, strict=True):
        login(client, account)
    return made


def test_from_the_report_to_the_no_and_the_yes(client, app, browsers, person, send, work, station):
    (member, other), keeper, auditor = browsers, person("stations.keeper"), person(Role.AUDITOR)
    with work():
        here = station()
        water = here.offers[0].service_id
        path, page = f"/stations/{here.slug}/fault", f"/stations/{here.slug}/"
    assert "/login" in client.get(path).location
    assert "眼下没有已知的故障" in client.get(page).text
    lost = send(member, path, service="", text="热水灯不亮")
    assert lost.status_code == 422
    assert "热水灯不亮" in lost.text
    made = send(member, path, service=str(water), text="热水灯不亮", photo=picture())
    assert made.status_code == 303
    mine = made.location
    assert "驿站还没有回复" in member.get(mine).text
    assert other.get(mine).status_code == 404
    assert keeper.get(mine).status_code == 404
    assert "/login" in client.get(mine).location
    again = send(member, path, service=str(water), text="还是不亮")
    assert again.status_code == 409
    assert "还是不亮" in again.text
    assert send(other, path, service=str(water), text="我也看到了").status_code == 303
    assert "热水灯不亮" not in client.get(page).text

    url = mine.replace("/stations/", "/desk/stations/") + "/"
    assert "热水灯不亮" in auditor.get(url).text
    assert send(auditor, "/forgot", url, do="answer", reply="x").status_code in (403, 404)
    photo = keeper.get(f"{url}photo")
    assert (photo.status_code, photo.mimetype) == (200, "image/jpeg")
    photo.close()
    assert member.get(f"{url}photo").status_code == 403
    assert send(keeper, url, do="answer", reply="").status_code == 422
    assert send(keeper, url, do="answer", reply="滤芯明天到。", off="y").status_code == 303
    public = client.get(page).text
    assert "滤芯明天到" in public
    assert "暂不能用" in public
    assert "热水灯不亮" not in public
    assert send(keeper, url, do="mend", reply="换好了。").status_code == 303
    assert "滤芯明天到" not in client.get(page).text
    assert "暂不能用" not in client.get(page).text
    late = send(keeper, "/forgot", url, do="decline", reply="不用修")
    assert late.status_code == 409

    assert send(other, "/forgot", mine, fixed="yes").status_code == 404
    week = timedelta(days=7)
    with app.app_context():
        assert asking.run(clock.now() + week - timedelta(minutes=1)) == 0
        assert asking.run(clock.now() + week) == 1
        assert asking.run(clock.now() + week) == 0
        db.session().remove()
    assert "修好了吗？" in member.get(mine).text
    assert send(member, mine, fixed="maybe").status_code == 422
    assert send(member, mine, fixed="no").status_code == 303
    assert "待处理" in keeper.get(url).text
    assert send(member, "/forgot", mine, fixed="yes").status_code == 409
    assert send(keeper, url, do="mend", reply="又换了一个阀。").status_code == 303
    assert send(member, mine, fixed="yes").status_code == 303
    assert "已办完" in member.get(mine).text
    with work() as session:
        kinds = session.scalars(select(Notice.kind).order_by(Notice.id)).all()
        assert [kind.removeprefix("stations.fault_") for kind in kinds] == [
            "reported", "reported", "answered", "mended", "fixed", "again", "mended",
        ]  # fmt: skip
        first = rows()[0]
        assert (first.state, first.confirmed, first.returned, first.open_key) == ("closed", True, 1, None)


def test_a_service_works_again_when_no_other_report_keeps_it_off(work, make, station):
    now, actor = clock.now(), None
    with work():
        here, actor = station(), make.actor("stations.keeper", make.root)
        water, other = (offer.service_id for offer in here.offers)
        one, two = (services.report(here, make.member().id, water, "坏了", now=now) for _n in range(2))
        services.answer(one, "看看", off=True, actor=actor, now=now)
        services.answer(two, "看看", off=True, actor=actor, now=now)
        assert works(here) == {water: False, other: True}
        services.mend(one, "好了", actor=actor, now=now)
        assert works(here)[water] is False
        services.answer(two, "其实能用", actor=actor, now=now)
        assert works(here)[water] is True
        place = services.report(here, make.member().id, None, "灯不亮", now=now)
        services.answer(place, "看看", off=True, actor=actor, now=now)
        assert (place.off, works(here)[water]) == (False, True)
        services.decline(two, "没坏", actor=actor, now=now)
        assert (two.state, two.open_key) == ("declined", None)
        with pytest.raises(Conflict):
            services.mend(two, "好了", actor=actor, now=now)


def test_what_cannot_be_reported(work, make, station):
    now = clock.now()
    with work():
        here, member = station(), make.member()
        with pytest.raises(RuleBroken, match="没有这项服务"):
            services.report(here, member.id, 999_999, "坏了", now=now)
        with pytest.raises(RuleBroken, match="请写哪里坏了"):
            services.report(here, member.id, None, "  ", now=now)
        with pytest.raises(NotFound):
            services.report(station(state="fitting"), member.id, None, "坏了", now=now)
        for _n in range(5):
            services.report(station(), member.id, None, "坏了", now=now)
        with pytest.raises(TooMany):
            services.report(here, member.id, None, "坏了", now=now)


@pytest.mark.both
def test_a_yes_and_a_no_at_once_are_one_answer(app, work, make, station):
    now = clock.now()
    with work():
        here = station()
        made = services.report(here, make.member(account=True).id, None, "灯不亮", now=now)
        services.mend(made, "好了", actor=make.actor("stations.keeper", make.root), now=now)
        number = made.id
    gate, found = threading.Barrier(2), []

    def say(fixed):
        with app.app_context():
            gate.wait()
            try:
                with db.unit_of_work() as session:
                    row = session.get(Fault, number, execution_options={"unionhall_scope": "test"})
                    services.confirm(row, fixed=fixed, now=now)
                found.append(fixed)
            except Conflict:
                found.append(None)
            db.session().remove()

    crew = [threading.Thread(target=say, args=(fixed,)) for fixed in (True, False)]
    for thread in crew:
        thread.start()
    for thread in crew:
        thread.join()
    assert found.count(None) == 1
    with work():
        (row,) = rows()
        assert row.state == ("closed" if True in found else "open")


@pytest.mark.both
def test_who_says_nothing_for_two_weeks_has_said_enough_and_is_forgotten_after_a_year(app, work, make, station):
    now = clock.now()
    with work():
        here, member = station(), make.member(account=True)
        made = services.report(here, member.id, None, "灯不亮", now=now)
        services.mend(made, "好了", actor=make.actor("stations.keeper", make.root), now=now)
    with app.app_context():
        asked = now + timedelta(days=8)
        assert asking.ask_due(asked) == 1
        assert asking.close_silent(asked + timedelta(days=13)) == 0
        assert asking.close_silent(asked + timedelta(days=14)) == 1
        assert asking.forget(asked + timedelta(days=100)) == 0
        assert asking.forget(asked + timedelta(days=380)) == 1
        db.session().remove()
    with work():
        (row,) = rows()
        assert (row.state, row.confirmed, row.member_id) == ("closed", None, None)


@pytest.mark.both
def test_people_see_and_erase_what_they_reported(work, make, station):
    now = clock.now()
    with work():
        here, member, keeper = station(), make.member(account=True), make.account("stations.keeper", make.root)
        made = services.report(here, member.id, None, "灯不亮", now=now)
        services.answer(made, "换", actor=make.actor_of(keeper), now=now)
        (told,) = keeping.export(Person(None, member.id))["驿站报修"]
        assert (told["说明"], told["报修的地方"], told["回复"]) == ("灯不亮", "站里其他地方", "换")
        assert len(list(keeping.erase(Person(keeper.id, member.id), now))) == 1
        assert list(keeping.erase(Person(keeper.id, member.id), now)) == []
        (row,) = rows()
        assert (row.member_id, row.handled_by, row.open_key, row.text, row.state) == (None, None, None, "（已删除）", "answered")
        services.mend(row, "好了", actor=make.actor("stations.keeper", make.root), now=now)


def test_reports_stay_in_their_union_and_go_with_it(work, make, station):
    now = clock.now()
    with work():
        east, west = make.org(), make.org()
        here, keeper, stranger = station(east), make.actor("stations.keeper", east), make.actor("stations.keeper", west)
        made = services.report(here, make.member().id, None, "灯不亮", now=now)
        with pytest.raises(NotAllowed):
            services.answer(made, "看看", actor=stranger, now=now)
        with pytest.raises(NotFound):
            queries.managed(made.id, stranger, "stations.read")
        assert [list(row)[4] for row in exports.FAULTS.rows(keeper, east.path, {"state": "live"})] == ["灯不亮"]
        assert list(exports.FAULTS.rows(stranger, west.path, {})) == []
        assert queries.late([here.id], now + timedelta(days=4)) == {here.id: 1}
        assert seams.warnings([here]) == {}
        assert queries.live([here.id]) == {here.id: 1}
        keeping.hand_over(east.id, west.id)
        assert [row.org_id for row in rows()] == [west.id]
        assert queries.reported_below(west.path, clock.local_day(now), clock.local_day(now) + timedelta(days=1)) == 1


def test_the_list_asks_no_more_for_more_reports(person, work, make, station, queries):
    keeper = person("stations.keeper")

    def report(number):
        with work():
            for _n in range(number):
                services.report(station(), make.member().id, None, "灯不亮", now=clock.now())

    report(1)
    keeper.get("/desk/stations/faults/")
    with queries() as before:
        keeper.get("/desk/stations/faults/")
    report(3)
    with queries() as after:
        page = keeper.get("/desk/stations/faults/").text
    assert page.count("灯不亮") == 4
    ours = [sum("stations_" in statement for statement in asked) for asked in (before, after)]
    assert ours[1] <= ours[0]
