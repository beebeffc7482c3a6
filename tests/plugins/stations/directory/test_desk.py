"""The desk's stations: proposing, editing, hours, services, steps; who may, and who may not."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from unionhall.base import clock, db
from unionhall.base.errors import Conflict, NotAllowed, RuleBroken
from unionhall.hooks.types import SYSTEM, Role
from unionhall.orgs.models import Org
from unionhall.platform.access import unscoped
from unionhall_stations.directory import merging, queries, services, standing
from unionhall_stations.directory.services import Profile
from unionhall_stations.models import Service, Station, Store, Till

WEEK = {f"week-d{day}{edge}1": time for day in range(7) for edge, time in (("o", "06:30"), ("c", "22:00"))}


def row(slug="station-1"):
    return db.session().scalar(unscoped(select(Station).where(Station.slug == slug), why="test"))


def test_from_a_proposal_to_an_open_station(client, person, send, work, make):
    keeper, chief = person("stations.keeper"), person(Role.ORG_ADMIN)
    with work():
        root = make.root.id
    assert "还没有驿站" in keeper.get("/desk/stations/").text
    wrong = send(keeper, "/desk/stations/new", org_id=root, name="", place="北边", store_id="0")
    assert wrong.status_code == 422 and "请填写驿站名称" in wrong.text and "看不懂这个位置" in wrong.text and "北边" in wrong.text
    made = send(
        keeper, "/desk/stations/new", org_id=root, name="同心路驿站", number="7", address="同心路 18 号", place="30.2451, 120.1582",
        responsible="孟白", store_id="0",
    )  # fmt: skip
    assert made.status_code == 303
    here = made.location.removesuffix("hours")
    bad = send(keeper, made.location, week="1", holidays="weekday", **(WEEK | {"week-d2o1": "25:00"}))
    assert bad.status_code == 422 and "看不懂" in bad.text
    assert send(keeper, made.location, week="1", holidays="sunday", version="1", **WEEK).status_code == 303
    assert client.get("/stations/tong-xin-lu-yi-zhan/").status_code == 404
    assert send(keeper, f"{here}steps/pause", reason="x").status_code == 409
    assert keeper.get(f"{here}steps/approve").status_code == 404
    assert send(chief, f"{here}steps/approve").status_code == 303
    assert send(keeper, f"{here}steps/fit").status_code == 303
    assert send(chief, f"{here}steps/open").status_code == 303
    page = client.get("/stations/").text
    assert "同心路驿站" in page and "开着，22:00 关门" in page
    assert send(chief, f"{here}steps/open").status_code == 409
    overview = keeper.get(here).text
    assert "批准建站" in overview and "开放" in overview and "同心路 18 号" in overview


def test_numbers_are_taken_once(client, keeper, send, work, make, station):
    with work():
        station()
        root = make.root.id
    answer = send(keeper, "/desk/stations/new", org_id=root, name="又一个", number="1", store_id="0")
    assert answer.status_code == 422
    assert "编号 1 已经有驿站用了" in answer.text and "下一个空的是 2" in answer.text
    with work():
        made = services.propose(make.root, Profile("又一个"), actor=SYSTEM, now=clock.now())
        assert (made.number, made.slug) == (2, "you-yi-ge")
        assert services.propose(make.root, Profile("又一个"), actor=SYSTEM, now=clock.now()).slug == "you-yi-ge-2"
        assert services.propose(make.root, Profile("Services"), actor=SYSTEM, now=clock.now()).slug == "services-4"


def test_who_saves_second_is_told_and_loses_nothing(keeper, send, work, station):
    with work():
        number = station().id
    url = f"/desk/stations/{number}/edit"
    filled = {"name": "新名字", "number": "1", "address": "新地址", "store_id": "0"}
    assert send(keeper, url, version="1", **filled).status_code == 303
    late = send(keeper, url, version="1", **(filled | {"name": "迟到的名字"}))
    assert late.status_code == 409 and "有人改过这个驿站" in late.text and "迟到的名字" in late.text
    with work():
        assert row().name == "新名字"


def test_the_week_is_filled_by_buttons_without_scripts(keeper, send, work, station):
    with work():
        number = station(week=[[[390, 1320]]] + [[]] * 6).id
    url = f"/desk/stations/{number}/hours"
    form = {"week": "1", "holidays": "weekday", "version": "1", "week-d0o1": "06:30", "week-d0c1": "22:00"}
    page = send(keeper, url, rows="week:all:0", **form)
    assert page.status_code == 200 and page.text.count('value="06:30"') == 7
    assert send(keeper, url, rows="week:same:1", **form).text.count('value="06:30"') == 2
    assert send(keeper, url, rows="week:round:0", **form).text.count('value="00:00"') == 14
    assert send(keeper, url, rows="week:same:99", **form).status_code == 200
    assert send(keeper, url, **(form | {"week-d0o2": "21:00", "week-d0c2": "23:00"})).status_code == 422
    half = send(keeper, url, **(form | {"week-d1o1": "08:00"}))
    assert half.status_code == 422 and "只填了一半" in half.text
    empty = send(keeper, url, **(form | {"week-d0o1": "", "week-d0c1": ""}))
    assert empty.status_code == 422 and "至少要有一天开放" in empty.text
    assert send(keeper, url, **(form | {"week-d0o2": "23:00", "week-d0c2": "01:30"})).status_code == 303
    with work():
        assert row().week[0] == [[390, 1320], [1380, 1530]] and row().week[1] == []


def test_special_days_come_and_go(client, keeper, send, work, station):
    with work():
        number = station().id
    url = f"/desk/stations/{number}/hours"
    backwards = send(keeper, url, f"{url}/days", since="2026-05-20", until="2026-05-18")
    assert backwards.status_code == 422 and "结束的日期在开始之前" in backwards.text
    assert "只填了一半" in send(keeper, url, f"{url}/days", since="2026-05-14", opens="10:00").text
    assert send(keeper, url, f"{url}/days", since="2026-05-14", reason="盘点").status_code == 303
    assert "已关门，明天 6:30 开" in client.get("/stations/station-1/").text
    with work():
        (day,) = queries.specials([number], clock.now())[number]
        kept = day.id
    assert send(keeper, url, f"{url}/days/{kept}/remove").status_code == 303
    assert "开着" in client.get("/stations/station-1/").text
    assert send(keeper, url, f"{url}/days/{kept}/remove").status_code == 404


def test_a_broken_service_is_said_at_once(client, keeper, send, work, station):
    with work():
        number = station(services=("water", "wifi")).id
        water = db.session().scalar(select(Service.id).where(Service.key == "water"))
    url = f"/desk/stations/{number}/services"
    assert "饮用水" in client.get("/stations/station-1/").text
    values = {"offers": "1", "offers-has": [str(water), "999999", "x"], "offers-broken": str(water), f"offers-note-{water}": "滤芯在换"}
    assert send(keeper, url, **values).status_code == 303
    page = client.get("/stations/station-1/").text
    assert "暂不能用" in page and "滤芯在换" in page and "无线网" not in page
    assert "滤芯在换" in keeper.get(url).text
    assert send(keeper, url, **(values | {f"offers-note-{water}": "长" * 81})).status_code == 422


def test_the_catalogue_belongs_to_the_whole_site(app, client, person, login, send, work, make, station):
    with work():
        station(services=("water",))
        local_id = make.account(Role.ORG_ADMIN, make.org(name="东津区总工会")).id
        water, other = (db.session().scalar(select(Service.id).where(Service.key == key)) for key in ("water", "wifi"))
    chief, local = person(Role.ORG_ADMIN), app.test_client()
    login(local, local_id)
    assert local.get("/desk/stations/services/").status_code == 403 and local.get(f"/desk/stations/services/{water}").status_code == 403
    assert chief.get("/desk/stations/services/").text.count('id="service-') == 11
    assert "已经有一项服务叫这个名字" in send(chief, "/desk/stations/services/new", name="饮用水", icon="water").text
    made = send(chief, "/desk/stations/services/new", name="母婴室", name_en="Nursing corner", icon="heart", checklist="门能锁\n\n有座椅", active="y")
    assert made.status_code == 303 and "母婴室" in chief.get("/desk/stations/services/").text
    assert "饮用水" in client.get("/stations/").text
    assert send(chief, f"/desk/stations/services/{water}", name="饮用水", icon="water", checklist="有水").status_code == 303
    assert "饮用水" not in client.get("/stations/").text and "饮用水" not in client.get("/stations/station-1/").text
    assert send(chief, "/desk/stations/services/", f"/desk/stations/services/{other}/up").status_code == 303
    assert send(chief, "/desk/stations/services/", f"/desk/stations/services/{water}/sideways").status_code == 404


def test_steps_need_what_they_need(work, make, station):
    with work():
        bare = station(state="fitting", week=[[]] * 7, address="", responsible="", opened_on=None)
        with pytest.raises(RuleBroken, match="地址、开放时间、负责人"):
            standing.take_step(bare, "open", actor=SYSTEM, now=clock.now())
        with pytest.raises(RuleBroken, match="请写原因"):
            standing.take_step(bare, "drop", actor=SYSTEM, now=clock.now())
        standing.take_step(bare, "drop", reason="租约没谈成", actor=SYSTEM, now=clock.now())
        assert bare.state == "closed" and not bare.public
        given_up = station(state="closed", opened_on=None)
        with pytest.raises(Conflict):
            standing.take_step(given_up, "reopen", reason="又谈成了", actor=SYSTEM, now=clock.now())
        there = station()
        with pytest.raises(RuleBroken, match="已经过去"):
            standing.take_step(there, "pause", reason="修", until=clock.now(), actor=SYSTEM, now=clock.now())
        keeper = make.actor("stations.keeper")
        with pytest.raises(NotAllowed):
            standing.take_step(there, "close", reason="不开了", actor=keeper, now=clock.now())


@pytest.mark.both
def test_a_pause_ends_by_itself_once(work, station, at, app):
    until = at("2026-05-15 08:00")
    now = at("2026-05-14 09:30")
    with work():
        standing.take_step(station(), "pause", reason="检修", until=until, actor=SYSTEM, now=now)
        station(state="paused")
    with app.app_context():
        assert standing.resume_due(now) == 0
        at("2026-05-15 08:00")
        assert standing.resume_due(until) == 1 and standing.resume_due(until) == 0
    with work():
        assert (row().state, row().paused_until, row().paused_reason) == ("open", None, "")
        assert [step.step for step in queries.steps(row())] == ["resume", "pause"] and row("station-2").state == "paused"


@pytest.mark.both
def test_two_steps_at_once_end_in_one_state(at_once, work, station):
    with work():
        number = station().id

    def pause():
        found = db.session().get(Station, number, execution_options={"unionhall_scope": "test"})
        standing.take_step(found, "pause", reason="试", actor=SYSTEM, now=clock.now())
        return "done"

    outcomes = [answer if answer == "done" else type(answer).__name__ for answer in at_once([pause] * 2)]
    assert sorted(outcomes) == ["Conflict", "done"]


def test_a_store_is_given_by_who_may_see_it_and_not_under_live_tills(work, make, station):
    with work() as session:
        now, below = clock.now(), make.org(name="东津区总工会")
        far = make.org(name="柳浦区总工会")
        own, other = (Store(org_id=org.id, name=name, starts_on=date(2026, 1, 1), created_at=now, updated_at=now) for org, name in ((below, "便利"), (far, "远店")))
        session.add_all([own, other])
        session.flush()
        found, actor = station(below), make.actor("stations.keeper", below)
        services.keep(found, Profile("驿站", address="路", store_id=own.id), version=1, actor=actor, now=now)
        with pytest.raises(RuleBroken, match="不在你管理的范围里"):
            services.keep(found, Profile("驿站", address="路", store_id=other.id), version=2, actor=actor, now=now)
        session.add(Till(station_id=found.id, store_id=own.id, label="收银台", created_at=now))
        session.flush()
        with pytest.raises(RuleBroken, match="还有在用的收银台"):
            services.keep(found, Profile("驿站", address="路"), version=2, actor=actor, now=now)


def test_the_list_is_filtered_and_exported(keeper, work, station):
    with work():
        station(name="同心路驿站", responsible="孟白", services=("water",))
        station(name="夜市驿站", week=[[[960, 1590]]] * 7)
        station(name="待建驿站", state="fitting")
        water = db.session().scalar(select(Service.id).where(Service.key == "water"))
    shown = {
        query: [name for name in ("同心路驿站", "夜市驿站", "待建驿站") if name in keeper.get(f"/desk/stations/?{query}").text]
        for query in ("", "q=孟白", "q=2", "state=fitting", "open=now", f"service={water}", "lack=place", "state=nonsense&service=x&lack=y")
    }
    assert shown[""] == shown["lack=place"] == shown["state=nonsense&service=x&lack=y"] == ["同心路驿站", "夜市驿站", "待建驿站"]
    assert shown["q=2"] == ["夜市驿站"] and shown["state=fitting"] == ["待建驿站"]
    assert shown["open=now"] == shown[f"service={water}"] == ["同心路驿站"]
    assert len(shown["q=孟白"]) == 3
    assert "export" in keeper.get("/desk/stations/").text


PAGES = ("", "edit", "hours", "services", "preview", "steps/pause")


@pytest.mark.parametrize("path", PAGES)
def test_the_wrong_people_stay_out(client, person, work, make, station, login, path):
    with work() as session:
        found = station(make.org(name="东津区总工会"))
        number, elsewhere = found.id, make.org(name="柳浦区总工会").id
        assert session.get(Org, elsewhere)
    url = f"/desk/stations/{number}/{path}"
    assert "/login" in client.get(url).location
    assert person().get(url).status_code == 403
    with work() as session:
        far = session.get(Org, elsewhere)
        account = make.account("stations.keeper", far).id
    login(client, account)
    assert client.get(url).status_code == 404


def test_readers_of_the_desk_change_nothing(person, work, station):
    with work():
        number = station().id
    auditor = person(Role.AUDITOR)
    assert auditor.get(f"/desk/stations/{number}/").status_code == 200
    for path in ("edit", "hours", "services"):
        assert auditor.get(f"/desk/stations/{number}/{path}").status_code == 403
    assert auditor.get(f"/desk/stations/{number}/steps/pause").status_code == 404
    assert auditor.get("/desk/stations/new").status_code == 403


def test_stations_go_with_a_merged_org(work, make, station):
    with work():
        gone, stays = make.org(name="旧区"), make.org(name="新区")
        station(gone)
        merging.hand_over(gone.id, stays.id, clock.now())
        assert row().org_id == stays.id
