"""`can()` in a tree, and the guard that makes unscoped queries raise."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from unionhall.accounts import administration
from unionhall.base import clock
from unionhall.base.errors import NotAllowed
from unionhall.hooks.types import READER, SYSTEM, Role
from unionhall.news.models import Article
from unionhall.orgs.models import Org, OrgKind
from unionhall.orgs.services import move_org
from unionhall.platform import access
from unionhall.platform.access import SITE, can, require, scoped, unscoped


@pytest.mark.both
def test_a_grant_holds_in_its_subtree_only(work, make):
    with work():
        city = make.org()
        district = make.org(city, OrgKind.DISTRICT)
        other = make.org(city, OrgKind.DISTRICT)
        editor = make.actor(Role.EDITOR, district)
        enterprise = make.org(district, OrgKind.ENTERPRISE)
        places = {"own": district, "below": enterprise, "above": city, "beside": other}
        assert {name: can(editor, "news.edit", org) for name, org in places.items()} == {
            "own": True, "below": True, "above": False, "beside": False,
        }
        assert can(editor, "news.edit")
        assert not can(editor, "news.edit", SITE)


def test_similar_ids_are_not_a_subtree(work, make):
    """`/1/2/` must not cover `/1/20/`."""
    with work() as session:
        orgs = [make.org() for _ in range(12)]
        first = orgs[0]
        editor = make.actor(Role.EDITOR, first)
        inside = session.scalars(select(Org.id).where(access.in_subtree(Org.path, first.path))).all()
        assert inside == [first.id]
        assert [can(editor, "news.edit", org) for org in orgs] == [True] + [False] * 11


def test_the_whole_site_needs_a_grant_at_the_root(work, make):
    with work():
        assert can(make.actor(Role.SYSTEM_ADMIN), "settings.manage", SITE)
        assert not can(make.actor(Role.SYSTEM_ADMIN, make.org()), "settings.manage", SITE)


def test_nobody_may_do_nothing_and_the_system_everything(work, make):
    with work():
        assert (can(READER, "news.edit"), can(SYSTEM, "news.edit", make.root)) == (False, True)
        with pytest.raises(NotAllowed):
            require(READER, "news.edit")


def test_an_unknown_permission_is_a_programming_error(work):
    with work(), pytest.raises(LookupError):
        can(SYSTEM, "news.edti")


@pytest.mark.both
def test_moving_an_org_moves_rights_at_once(work, make):
    with work():
        east, west = make.org(name="东市"), make.org(name="西市")
        district = make.org(east, OrgKind.DISTRICT)
        editor = make.actor(Role.EDITOR, east)
        assert can(editor, "news.edit", district)
        move_org(district, west, actor=SYSTEM, now=clock.now())
        assert not can(editor, "news.edit", district)


def test_grants_begin_and_end(work, make, at):
    with work():
        org, account = make.org(), make.account()
        now = clock.now()
        administration.grant(
            account, Role.EDITOR, org, starts_at=now + timedelta(days=1), ends_at=now + timedelta(days=2), actor=SYSTEM, now=now
        )
        seen = []
        for day in ("2026-05-14 09:30", "2026-05-15 09:30", "2026-05-16 09:29", "2026-05-16 09:30"):
            at(day)
            seen.append(can(make.actor_of(account), "news.edit", org))
        assert seen == [False, True, True, False]


def test_a_query_without_a_scope_raises(work, make):
    with work() as session:
        make.article()
        with pytest.raises(access.UnscopedQuery):
            session.scalars(select(Article)).all()
        with pytest.raises(access.UnscopedQuery):
            session.get(Article, 1, populate_existing=True)


@pytest.mark.both
def test_a_scoped_query_sees_only_the_subtree(work, make):
    with work() as session:
        here, there = make.org(), make.org()
        mine = make.article(here)
        make.article(there)
        editor = make.actor(Role.EDITOR, here)
        found = session.scalars(scoped(select(Article), Article, editor, "news.read")).all()
        everything = session.scalars(unscoped(select(Article), why="test")).all()
        assert ([article.id for article in found], len(everything)) == ([mine.id], 2)
        assert session.scalars(scoped(select(Article), Article, READER, "news.read")).all() == []
