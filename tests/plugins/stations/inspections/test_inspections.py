"""Inspections: begun once a month, filled in standing, judged, mended, looked at again; warnings; the year's best."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta

import pytest
from PIL import Image
from sqlalchemy import func, select

from unionhall.base import clock, db
from unionhall.base.errors import Conflict, NotAllowed, RuleBroken
from unionhall.hooks.people import Person
from unionhall.hooks.types import SYSTEM, Role
from unionhall.notices.models import Notice
from unionhall_stations.directory import seams
from unionhall_stations.inspections import best, fixing, keeping, queries, services
from unionhall_stations.inspections.models import Inspection
from unionhall_stations.inspections.services import Filled
from unionhall_stations.models import Station


def picture():
    data = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(data, "JPEG")
    data.seek(0)
    return data, "门口.jpg"


def points(page):
    return re.findall(r'name="result-(\d+)" value="ok"', page.text)


def test_a_visit_from_the_shop_door_to_the_second_look(client, app, person, send, work, station, kept):
    keeper, chief, auditor = person("stations.keeper"), person(Role.ORG_ADMIN), person(Role.AUDITOR)
    with work():
        number = station().id
    begun = send(keeper, f"/desk/stations/{number}/inspections/")
    assert begun.status_code == 303
    url = begun.location
    asked = points(keeper.get(url))
    assert len(asked) == 9 and "“六有”标准" in keeper.get(url).text and "滤芯在更换期内" in keeper.get(url).text
    assert send(keeper, f"/desk/stations/{number}/inspections/").location == url
    marks = {f"result-{point}": "ok" for point in asked}
    some = send(keeper, url, version="1", do="save", **dict(list(marks.items())[:2]))
    assert some.status_code == 303 and keeper.get(url).text.count("checked") == 2
    early = send(keeper, url, version="2", do="finish", **dict(list(marks.items())[:3]))
    assert early.status_code == 422 and "还有 6 条没有看" in early.text
    silent = send(keeper, url, version="2", do="finish", **(marks | {f"result-{asked[0]}": "not"}))
    assert silent.status_code == 422 and "请写哪里不对" in silent.text and silent.text.count(' checked') >= 9
    wrong = marks | {f"result-{asked[0]}": "not", f"note-{asked[0]}": "牌子被挡住", f"photo-{asked[0]}": picture()}
    stale = send(keeper, url, version="1", do="finish", **(wrong | {f"photo-{asked[0]}": picture()}))
    assert stale.status_code == 409 and "牌子被挡住" in stale.text
    no_picture = send(keeper, url, version="2", do="finish", **(wrong | {f"photo-{asked[0]}": (io.BytesIO(b"%PDF-1.4 nothing"), "x.pdf")}))
    assert no_picture.status_code in (415, 422)
    done = send(keeper, url, version="2", do="finish", fix_by="2026-05-21", **(wrong | {f"photo-{asked[0]}": picture()}))
    assert done.status_code == 303
    page = keeper.get(url).text
    assert ">88<" in page and "黄灯" in page and "牌子被挡住" in page and "待整改" in page
    photo = re.search(rf"{url}photos/\d+", page).group(0)
    shown = keeper.get(photo)
    assert shown.status_code == 200 and shown.mimetype == "image/jpeg" and "no-store" in shown.headers["Cache-Control"]
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    shown.close()
    with app.app_context():
        assert not app.extensions["unionhall.host"].is_quarantined("stations")
    assert "/login" in client.get(photo).location and person().get(photo).status_code == 403

    assert auditor.get(url).status_code == 200 and "改好了，请复查" not in auditor.get(url).text
    assert send(keeper, url, f"{url}fix", note="").status_code == 422
    assert send(keeper, url, f"{url}fix", note="牌子挪出来了", photos=picture()).status_code == 303
    assert send(keeper, url, f"{url}fix", note="再来一次").status_code == 409
    assert "请让别人来复查" in keeper.get(url).text
    assert send(chief, url, f"{url}check", passed="no", note="").status_code == 422
    assert send(chief, url, f"{url}check", passed="no", note="还是看不见", fix_by="2026-05-30").status_code == 303
    assert "还是看不见" in keeper.get(url).text
    assert send(keeper, url, f"{url}fix", note="换了块新的").status_code == 303
    assert send(chief, url, f"{url}check", passed="yes").status_code == 303
    with work():
        (row,) = kept()
        assert (row.fix_state, row.score, row.light, len(row.photos)) == ("checked", 88, "yellow", 2)


def test_once_a_month_but_secret_visits_as_often_as_needed(work, station, inspect, at, kept):
    with work():
        found = station()
        inspect(found)
        with pytest.raises(Conflict, match="已经巡查过了"):
            services.begin(found, actor=SYSTEM, now=clock.now())
        inspect(found, secret=True)
        inspect(found, secret=True)
        inspect(found, now=at("2026-06-01 00:00"))
        assert [(row.month, row.secret) for row in kept()] == [("2026-05", False), ("2026-05", True), ("2026-05", True), ("2026-06", False)]
        with pytest.raises(RuleBroken):
            services.begin(station("待建", number=2, state="fitting"), actor=SYSTEM, now=clock.now())


@pytest.mark.both
def test_two_inspectors_begin_one_inspection(at_once, work, station, kept):
    with work():
        number = station().id

    def begin():
        services.begin(db.session().get(Station, number, execution_options={"unionhall_scope": "test"}), actor=SYSTEM, now=clock.now())
        return "done"

    outcomes = [answer if answer == "done" else type(answer).__name__ for answer in at_once([begin] * 2)]
    assert set(outcomes) <= {"done", "Conflict"} and "done" in outcomes
    with work():
        assert len(kept()) == 1


@pytest.mark.both
def test_three_reds_in_a_row_are_a_warning_and_nothing_more(work, make, station, inspect, at):
    with work():
        at("2026-01-01 10:00")
        found, account = station(), make.account(Role.ORG_ADMIN).id
        inspect(found, now=at("2026-01-10 10:00"))
        for month in (2, 3):
            inspect(found, wrong=5, now=at(f"2026-{month:02d}-10 10:00"))
        assert queries.reds([found.id], 3) == {found.id: 2} and seams.warnings([found]).get(found.id, [""])[0].startswith("整改过期")
        inspect(found, wrong=5, now=at("2026-04-10 10:00"))
        assert queries.reds([found.id], 3) == {found.id: 3}
        assert any("连续 3 次巡查红灯" in sentence for sentence in seams.warnings([found])[found.id])
        assert found.state == "open"
        told = db.session().scalar(select(func.count()).select_from(Notice).where(Notice.account_id == account, Notice.kind == "stations.reds"))
        assert told == 1
        inspect(found, now=at("2026-05-10 10:00"))
        assert queries.reds([found.id], 3) == {}


def test_lights_follow_the_settings_and_points_that_do_not_apply_do_not_count(work, station):
    with work():
        made = services.begin(station(), actor=SYSTEM, now=clock.now())
        results = ["ok"] * 4 + ["not"] + ["na"] * 4
        for point, result in zip(made.points, results, strict=True):
            point.result = result
        assert services.score_of(made) == 80
        assert [services.light_of(score).value for score in (100, 90, 89, 70, 69, 0)] == ["green", "green", "yellow", "yellow", "red", "red"]


def test_the_day_to_mend_by_is_near(work, station):
    with work():
        made = services.begin(station(), actor=SYSTEM, now=clock.now())
        for day, words in ((None, "请填整改期限"), (date(2026, 5, 13), "今天到"), (date(2027, 5, 13), "今天到")):
            results = {point.id: ("not", "坏了") for point in made.points}
            services.save(made, Filled(results, fix_by=day), version=made.version, actor=SYSTEM, now=clock.now())
            with pytest.raises(RuleBroken, match=words):
                services.finish(made, actor=SYSTEM, now=clock.now())
        services.save(made, Filled({point.id: ("na", "") for point in made.points}), version=made.version, actor=SYSTEM, now=clock.now())
        with pytest.raises(RuleBroken, match="不能每一条"):
            services.finish(made, actor=SYSTEM, now=clock.now())


def test_who_mended_does_not_judge_it(work, make, station, inspect):
    with work():
        made = inspect(station(), wrong=1)
        keeper, other = make.actor("stations.keeper"), make.actor("stations.keeper")
        fixing.report(made, "好了", (), actor=keeper, now=clock.now())
        with pytest.raises(NotAllowed, match="别人来复查"):
            fixing.check(made, passed=True, actor=keeper, now=clock.now())
        fixing.check(made, passed=True, actor=other, now=clock.now())
        with pytest.raises(Conflict):
            fixing.check(made, passed=True, actor=other, now=clock.now())


def test_late_mending_is_said_once_for_each_day(app, work, make, station, inspect, at):
    with work():
        account = make.account("stations.keeper").id
        inspect(station(), wrong=1)
    later = at("2026-05-22 08:00")
    with app.app_context():
        assert fixing.remind(later) == 1 and fixing.remind(later + timedelta(hours=6)) == 1
    with work() as session:
        said = session.scalar(select(func.count()).select_from(Notice).where(Notice.account_id == account, Notice.kind == "stations.fix_late"))
        assert said == 1


def test_a_secret_visitor_stays_secret(person, send, work, make, login, app, station):
    with work():
        number = station().id
        account = make.account("stations.keeper", name="神出鬼没的人").id
    visitor, other = app.test_client(), person("stations.keeper")
    login(visitor, account)
    url = send(visitor, f"/desk/stations/{number}/inspections/", secret="y").location
    marks = {f"result-{point}": "ok" for point in points(visitor.get(url))}
    assert send(visitor, url, version="1", do="finish", **marks).status_code == 303
    for page in (url, "/desk/stations/inspections/", f"/desk/stations/{number}/inspections/"):
        assert "神秘访客" in other.get(page).text and "神出鬼没的人" not in other.get(page).text


def test_a_visit_that_was_not_made_is_thrown_away_with_its_photos(send, person, work, station, kept):
    keeper = person("stations.keeper")
    with work():
        number = station().id
    url = send(keeper, f"/desk/stations/{number}/inspections/").location
    point = points(keeper.get(url))[0]
    assert send(keeper, url, version="1", do="save", **{f"photo-{point}": picture()}).status_code == 303
    with work():
        assert len(list(keeping.stored_files())) == 1
    assert send(keeper, url, f"{url}drop").status_code == 303
    with work():
        assert kept() == [] and list(keeping.stored_files()) == []
    assert keeper.get(url).status_code == 404


def test_the_years_best_need_visits_and_no_reds(client, person, send, work, station, inspect, at, make):
    with work():
        good, poor = station(), station("夜市驿站", number=2)
        for month in range(1, 7):
            now = at(f"2026-{month:02d}-05 10:00")
            inspect(good, now=now)
            inspect(poor, wrong=5 if month == 2 else 0, now=now)
        number, other = good.id, poor.id
    chief, keeper = person(Role.ORG_ADMIN), person("stations.keeper")
    page = chief.get("/desk/stations/best/?year=2026").text
    assert page.index("同心路驿站") < page.index("夜市驿站") and "还不够条件" in page
    url = "/desk/stations/best/?year=2026"
    assert send(chief, url, f"/desk/stations/best/2026/{number}", reason="").status_code == 422
    assert send(chief, url, f"/desk/stations/best/2026/{other}", reason="也不错").status_code == 422
    assert send(chief, url, f"/desk/stations/best/2026/{number}", reason="工友都说好").status_code == 303
    assert send(chief, url, f"/desk/stations/best/2026/{number}", reason="工友都说好").status_code == 409
    assert "工友都说好" in keeper.get(url).text and "撤回" not in keeper.get(url).text
    assert keeper.get(url).status_code == 200
    assert send(chief, url, f"/desk/stations/best/2026/{number}", do="withdraw").status_code == 303
    with work():
        assert best.standings(2026, "", SYSTEM)[0].nomination is None
    assert chief.get("/desk/stations/best/?year=99").status_code == 200


def test_the_list_is_filtered(person, work, station, inspect):
    keeper = person("stations.keeper")
    with work():
        inspect(station(), wrong=5)
        inspect(station("夜市驿站", number=2))
    def shown(query):
        return [name for name in ("同心路驿站", "夜市驿站") if name in keeper.get(f"/desk/stations/inspections/?{query}").text]

    assert shown("") == shown("month=2026-05") == shown("light=nonsense&month=x") == ["同心路驿站", "夜市驿站"]
    assert shown("light=red") == shown("fix=due") == ["同心路驿站"] and shown("month=2026-04") == shown("fix=late") == []
    assert shown("light=green") == ["夜市驿站"]


@pytest.mark.parametrize("path", ["{station}/inspections/", "inspections/", "inspections/{inspection}/", "best/"])
def test_the_wrong_people_stay_out(client, app, person, login, work, make, station, inspect, path):
    with work():
        found = station(org=make.org(name="东津区总工会"))
        made = inspect(found)
        far = make.account("stations.keeper", make.org(name="柳浦区总工会")).id
        url = "/desk/stations/" + path.format(station=found.id, inspection=made.id)
    assert "/login" in client.get(url).location
    assert person().get(url).status_code == 403
    login(client, far)
    page = client.get(url)
    assert page.status_code == 404 or ("{" not in path and "同心路驿站" not in page.text)


def test_an_inspectors_data_is_given_and_forgotten(work, make, station, inspect, kept):
    with work():
        actor = make.actor("stations.keeper")
        inspect(station(), actor=actor)
        person = Person(actor.account_id, None)
        assert len(keeping.export(person)["驿站巡查"]) == 1
        assert len(list(keeping.erase(person, clock.now()))) == 1 and keeping.export(person) == {}
        assert list(keeping.erase(person, clock.now())) == []
        assert kept()[0].inspector_id is None and kept()[0].score == 100


def test_inspections_go_with_a_merged_org(work, make, station, inspect, kept):
    with work():
        gone, stays = make.org(name="旧区"), make.org(name="新区")
        inspect(station(org=gone))
        keeping.hand_over(gone.id, stays.id)
        assert [row.org_id for row in kept()] == [stays.id] and isinstance(kept()[0], Inspection)
