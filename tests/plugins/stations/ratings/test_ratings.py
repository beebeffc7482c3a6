"""Ratings: one for a visit, words shown after a look, nobody made out, forgotten after a year."""

from __future__ import annotations

import io
import threading
from datetime import date, timedelta

import pytest
from PIL import Image
from sqlalchemy import func, select

from unionhall.base import clock, db
from unionhall.base.errors import Conflict, NotAllowed, NotFound, RuleBroken, TooMany
from unionhall.hooks.people import Person
from unionhall.hooks.types import Role
from unionhall.notices.models import Notice
from unionhall.platform.access import unscoped
from unionhall_stations.directory import seams
from unionhall_stations.ratings import exports, keeping, queries, services
from unionhall_stations.ratings.models import Rating
from unionhall_stations.ratings.services import Said
from unionhall_stations.tills import uses
from unionhall_stations.tills.models import Visit

TODAY = date(2026, 5, 14)


def picture():
    data = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(data, "JPEG")
    data.seek(0)
    return data, "座位.jpg"


def been(found, member, day=TODAY):
    db.session().add(Visit(station_id=found.id, member_id=member.id, day=day, hour=9))
    db.session().flush()


def rows():
    return list(db.session().scalars(unscoped(select(Rating).order_by(Rating.id), why="test")))


@pytest.fixture
def guest(app, login, make, work):
    """A member with a browser: (client, member id)."""
    with work():
        member = make.member(account=True)
        account, number = member.account_id, member.id
    client = app.test_client()
    login(client, account)
    return client, number


def test_a_member_rates_a_visit_and_reads_the_reply(client, app, guest, person, send, work, station):
    member, number = guest
    keeper, auditor = person("stations.keeper"), person(Role.AUDITOR)
    with work() as session:
        here = station()
        path, page = f"/stations/{here.slug}/rate", f"/stations/{here.slug}/"
        session.add(Visit(station_id=here.id, member_id=number, day=TODAY, hour=9))
    assert "/login" in client.get(path).location
    assert "还没有评价" in client.get(page).text
    assert "评 2026-05-14 那次" in member.get(path).text
    lost = send(member, path, stars="", comment="座位被占了")
    assert lost.status_code == 422
    assert "座位被占了" in lost.text
    wrong = send(member, path, stars="4", comment="座位被占了", photo=(io.BytesIO(b"%PDF-1.4 nothing"), "x.pdf"))
    assert wrong.status_code in (415, 422)
    assert "座位被占了" in wrong.text
    assert send(member, path, stars="2", comment="座位被占了", photo=picture()).status_code == 303
    assert "没看过" in member.get(path).text
    again = send(member, "/forgot", path, stars="5")
    assert again.status_code == 422
    assert "每次来可以评一次" in again.text
    public = client.get(page).text
    assert "座位被占了" not in public
    assert "满 3 个人才显示平均分" in public
    with work() as session:
        (row,) = rows()
        url = f"/desk/stations/ratings/{row.id}/"
        assert session.scalars(select(Notice.kind)).all() == ["stations.rated"]
    seen = keeper.get(url)
    assert "座位被占了" in seen.text
    photo = keeper.get(f"{url}photo")
    assert (photo.status_code, photo.mimetype) == (200, "image/jpeg")
    photo.close()
    assert member.get(f"{url}photo").status_code == 403
    assert auditor.get(url).status_code == 200
    assert send(auditor, "/forgot", url, version="1", shown="yes").status_code in (403, 404)
    assert send(keeper, url, version="1", shown="yes", reply="货箱已经搬走。").status_code == 303
    stale = send(keeper, url, version="1", shown="no", reply="换一种说法")
    assert stale.status_code == 409
    assert "换一种说法" in stale.text
    public = client.get(page).text
    assert "座位被占了" in public
    assert "货箱已经搬走" in public
    assert url not in public
    assert "货箱已经搬走" in member.get(path).text
    assert send(keeper, url, version="2", shown="no", reply="货箱已经搬走。").status_code == 303
    assert "座位被占了" not in client.get(page).text
    with work() as session:
        assert session.scalars(select(Notice.kind).order_by(Notice.id)).all() == ["stations.rated", "stations.rating_reply"]


def test_only_a_visit_of_the_last_fortnight_can_be_rated_and_each_once(work, make, station):
    with work():
        here, elsewhere, member = station(), station(), make.member()
        been(here, member, TODAY - timedelta(days=14))
        with pytest.raises(RuleBroken, match="每次来可以评一次"):
            services.rate(here, member.id, Said(5), now=clock.now())
        been(here, member, TODAY - timedelta(days=13))
        been(here, member)
        assert services.rate(here, member.id, Said(5), now=clock.now()).day == TODAY
        assert services.rate(here, member.id, Said(4), now=clock.now()).day == TODAY - timedelta(days=13)
        with pytest.raises(RuleBroken):
            services.rate(here, member.id, Said(3), now=clock.now())
        with pytest.raises(RuleBroken):
            services.rate(elsewhere, member.id, Said(3), now=clock.now())
        with pytest.raises(RuleBroken, match="1 到 5"):
            services.rate(here, member.id, Said(6), now=clock.now())
        with pytest.raises(NotFound):
            services.rate(station(state="closed"), member.id, Said(5), now=clock.now())


def test_a_redemption_is_a_visit_too(work, make, station, monkeypatch):
    with work():
        here, member = station(), make.member()
        day = TODAY - timedelta(days=2)
        source = uses.UseSource("stations", lambda *_asked: {}, lambda *asked: {day} if asked[:2] == (here.id, member.id) else set(),
                                lambda *_asked: "", "stations.read")  # fmt: skip
        monkeypatch.setattr(uses, "_SOURCES", {"stations": source})
        assert services.rate(here, member.id, Said(5), now=clock.now()).day == day


def test_the_mean_waits_for_three_people_and_forgets_what_is_over_a_year_old(work, make, station):
    with work():
        here, one, two, three = station(), make.member(), make.member(), make.member()
        for back in range(3):
            been(here, one, TODAY - timedelta(days=back))
            services.rate(here, one.id, Said(5), now=clock.now())
        been(here, two)
        services.rate(here, two.id, Said(1), now=clock.now())
        assert queries.recent(here, clock.now()) == queries.Score(4, None)
        been(here, three)
        services.rate(here, three.id, Said(2), now=clock.now())
        score = queries.recent(here, clock.now())
        assert (score.number, score.mean) == (5, 18 / 5)
        assert queries.whole([here.id], TODAY, TODAY + timedelta(days=1)).number == 3
        assert queries.whole([], TODAY, TODAY + timedelta(days=1)) == queries.Score(0, None)
        later = clock.now() + timedelta(days=400)
        assert queries.recent(here, later) == queries.Score(0, None)


def test_nobody_rates_more_than_ten_times_a_day(work, make, station):
    with work():
        member = make.member()
        for _n in range(10):
            here = station()
            been(here, member)
            services.rate(here, member.id, Said(5), now=clock.now())
        here = station()
        been(here, member)
        with pytest.raises(TooMany):
            services.rate(here, member.id, Said(5), now=clock.now())


@pytest.mark.both
def test_two_taps_at_once_rate_once(app, work, make, station):
    with work():
        here, member = station(), make.member(account=True)
        been(here, member)
        place, who = here.id, member.id
    now, gate, found = clock.now(), threading.Barrier(3), []

    def tap():
        with app.app_context():
            gate.wait()
            try:
                with db.unit_of_work() as session:
                    here = session.get(services.Station, place, execution_options={"unionhall_scope": "test"})
                    services.rate(here, who, Said(5), now=now)
                found.append("rated")
            except (RuleBroken, Conflict) as error:
                found.append(type(error).__name__)
            db.session().remove()

    crew = [threading.Thread(target=tap) for _n in range(3)]
    for thread in crew:
        thread.start()
    for thread in crew:
        thread.join()
    assert len(found) == 3
    assert found.count("rated") == 1
    with work():
        assert len(rows()) == 1


def test_keepers_answer_their_own_and_never_take_stars_away(work, make, station):
    with work():
        east, west = make.org(), make.org()
        here, member = station(east), make.member()
        been(here, member)
        made = services.rate(here, member.id, Said(1, "没水"), now=clock.now())
        stranger, keeper = make.actor("stations.keeper", west), make.actor("stations.keeper", east)
        with pytest.raises(NotAllowed):
            services.answer(made, shown=True, reply="", version=1, actor=stranger, now=clock.now())
        with pytest.raises(NotFound):
            queries.managed(made.id, stranger, "stations.read")
        assert queries.listed(queries.Wanted(west.path), stranger, 1) == ([], 0)
        assert seams.warnings([here]) == {here.id: ["有 1 条评语还没看过。"]}
        services.answer(made, shown=False, reply="", version=1, actor=keeper, now=clock.now())
        assert seams.warnings([here]) == {}
        assert (made.state, queries.recent(here, clock.now()).number) == ("hidden", 1)
        with pytest.raises(Conflict):
            services.answer(made, shown=True, reply="", version=1, actor=keeper, now=clock.now())
        lines = [list(row) for row in exports.RATINGS.rows(keeper, east.path, {"state": "hidden"})]
        assert [(line[1], line[4], line[5]) for line in lines] == [(here.name, 1, "没水")]
        assert list(exports.RATINGS.rows(keeper, east.path, {"state": "shown"})) == []


@pytest.mark.both
def test_people_see_and_erase_what_they_said_and_are_forgotten_after_a_year(app, work, make, station):
    with work() as session:
        here, member = station(), make.member(account=True)
        been(here, member)
        made = services.rate(here, member.id, Said(4, "挺好"), now=clock.now())
        person, keeper = Person(None, member.id), make.account("stations.keeper", make.root)
        services.answer(made, shown=True, reply="谢谢", version=1, actor=make.actor_of(keeper), now=clock.now())
        (told,) = keeping.export(person)["驿站评价"]
        assert (told["评语"], told["星级"], told["回复"]) == ("挺好", 4, "谢谢")
        assert len(list(keeping.erase(person, clock.now()))) == 1
        assert list(keeping.erase(person, clock.now())) == []
        assert keeping.export(person) == {}
        assert [(row.stars, row.comment, row.member_id) for row in rows()] == [(4, "", None)]
        assert list(keeping.erase(Person(keeper.id, None), clock.now())) == []
        assert session.scalar(unscoped(select(func.count()).select_from(Rating).where(Rating.handled_by.is_not(None)), why="test")) == 0
        again = make.member()
        been(here, again)
        services.rate(here, again.id, Said(3), now=clock.now())
    with app.app_context():
        assert services.forget(clock.now() + timedelta(days=365)) == 0
        assert services.forget(clock.now() + timedelta(days=367)) == 1
        db.session().remove()
    with work():
        assert {row.member_id for row in rows()} == {None}


def test_ratings_of_a_merged_org_go_with_it(work, make, station):
    with work():
        source, target = make.org(), make.org()
        here, member = station(source), make.member()
        been(here, member)
        services.rate(here, member.id, Said(3), now=clock.now())
        keeping.hand_over(source.id, target.id)
        assert [row.org_id for row in rows()] == [target.id]
        assert queries.below(target.path, TODAY, TODAY + timedelta(days=1)) == 1
        assert queries.below(source.path, TODAY, TODAY + timedelta(days=1)) == 0
