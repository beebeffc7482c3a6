"""Signs and cards as PDF."""

from __future__ import annotations

import pytest

from unionhall.base import clock
from unionhall.hooks.types import Role
from unionhall.plugin import can_make_pdf
from unionhall_stations.tills import posters

PATH = "/desk/stations/posters/"


@pytest.fixture
def pdf(app):
    with app.app_context():
        if not can_make_pdf():
            pytest.skip("this machine has no PDF library or no Chinese font")
    return pytest.importorskip("pypdfium2")


@pytest.mark.parametrize(("kind", "words"), [("sign", ("工人驿站", "第 012 号", "同心路驿站", "不吸烟")), ("cards", ("012", "同心路驿站"))])
def test_each_station_has_a_page(person, post, work, shop, pdf, kind, words):
    with work():
        one, two = shop.station(name="同心路驿站", number=12, address="同心路 8 号"), shop.station()
        ids = [str(one.id), str(two.id)]
    boss = person(Role.ORG_ADMIN)
    assert "同心路驿站" in boss.get(PATH).text
    answer = post(boss, PATH, kind=kind, rules="不吸烟", ids=ids)
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Cache-Control"] == "no-store"
    read = pdf.PdfDocument(answer.data)
    assert len(read) == 2
    text = read[1].get_textpage().get_text_range()
    for word in words:
        assert word in text


def test_a_long_name_and_many_rules_stay_on_the_page(app, work, shop, pdf):
    with work(), app.test_request_context():
        station = shop.station(name="非常长的驿站名称" * 9, address="很长的地址" * 30)
        made = posters.pdf([station], "sign", ["一条很长的公约" * 12] * 8, clock.now())
        assert posters.visit_url(station).endswith(f"/stations/{station.slug}/visit")
    assert len(pdf.PdfDocument(made)) == 1


def test_nothing_chosen_and_what_others_have_is_refused(app, client, login, person, post, work, shop, make):
    with work():
        station = shop.station(name="总部的驿站").id
        account = make.account(Role.ORG_ADMIN, make.org()).id
    boss, other = person(Role.ORG_ADMIN), app.test_client()
    login(other, account)
    assert "/login" in client.get(PATH).location
    assert person().get(PATH).status_code == 403
    answer = post(boss, PATH, kind="sign", rules="自己写的公约")
    assert answer.status_code == 422
    assert "还没有选驿站" in answer.text
    assert "自己写的公约" in answer.text
    assert "总部的驿站" not in other.get(PATH).text
    assert post(other, PATH, kind="sign", ids=[str(station)]).status_code == 422
    assert post(boss, PATH, kind="nonsense", ids=[str(station)]).status_code == 422
