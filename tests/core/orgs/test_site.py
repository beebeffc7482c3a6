"""The org tree as readers see it."""

from __future__ import annotations

from unionhall.base import clock
from unionhall.hooks.types import SYSTEM
from unionhall.news.models import State
from unionhall.orgs import services
from unionhall.orgs.models import OrgKind


def test_the_tree_shows_three_levels_and_how_many_stand_below(client, work, make):
    with work():
        city = make.org(name="青禾市总工会")
        district = make.org(city, OrgKind.DISTRICT, name="东津区总工会")
        make.org(district, OrgKind.ENTERPRISE, name="深处的企业工会")
    page = client.get("/orgs/").get_data(as_text=True)
    assert "青禾市总工会" in page
    assert "东津区总工会" in page
    assert "深处的企业工会" not in page
    assert "下级 1 个" in page
    assert "深处的企业工会" in client.get("/orgs/?q=深处").get_data(as_text=True)
    assert "没有名称里带" in client.get("/orgs/?q=%25").get_data(as_text=True)


def test_an_org_page_shows_contact_children_and_news(client, work, make):
    with work():
        city = make.org(name="青禾市总工会", summary="服务全市职工。", address="同心路 18 号", phone="0570 1235 1000")
        district = make.org(city, OrgKind.DISTRICT, name="东津区总工会")
        make.article(district, state=State.PUBLISHED, content=make.content("区里的新闻"))
        slug = city.slug
    page = client.get(f"/orgs/{slug}/").get_data(as_text=True)
    for part in ("服务全市职工。", "同心路 18 号", "tel:057012351000", "东津区总工会", "区里的新闻", "市级工会"):
        assert part in page, part
    assert client.get("/orgs/nobody/").status_code == 404


def test_a_merged_org_leads_to_where_it_went_and_a_closed_one_says_so(client, work, make):
    with work():
        one, two, three = make.org(), make.org(), make.org()
        slugs = one.slug, two.slug, three.slug
        services.merge_org(one, two, actor=SYSTEM, now=clock.now())
        services.close_org(three, actor=SYSTEM, now=clock.now())
    answer = client.get(f"/orgs/{slugs[0]}/")
    assert (answer.status_code, answer.location) == (301, f"/orgs/{slugs[1]}/")
    page = client.get(f"/orgs/{slugs[2]}/").get_data(as_text=True)
    assert "已经关闭" in page
    assert 'content="noindex"' in page
