"""The roles that the plugin adds: what they bring where they are held, and nothing while the plugin is disabled."""

from __future__ import annotations

from unionhall.base import db
from unionhall.host.registry import host
from unionhall.platform.access import can
from unionhall_chapters import rights


def test_an_officer_manages_their_chapter_alone_and_nothing_while_the_plugin_is_off(work, make, chapter):
    with work():
        ours, theirs = chapter(), chapter()
        account = make.account(rights.OFFICER, db.session().get(type(make.root), ours.org_id))
        here, there = (db.session().get(type(make.root), found.org_id).path for found in (ours, theirs))
        officer = make.actor_of(account)
        assert [can(officer, right, here) for right in (rights.MANAGE, rights.CLAIMS, rights.SETTLE, "news.write")] == [True, True, False, True]
        assert [can(officer, rights.MANAGE, path) for path in (there, make.root.path)] == [False, False]
        host().switch("chapters", on=False)
        db.session().flush()
        host().refresh()
        assert make.actor_of(account).paths(rights.MANAGE) == ()
