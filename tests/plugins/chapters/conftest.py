"""The site of these tests has the chapters plugin enabled."""

from __future__ import annotations

from itertools import count

import pytest

from unionhall.base import clock, db
from unionhall.hooks.types import SYSTEM
from unionhall.orgs.models import OrgKind
from unionhall_chapters.models import Chapter, ChapterState


@pytest.fixture(scope="session")
def enabled_plugins():
    return ("chapters",)


@pytest.fixture
def chapter(make):
    """Return `chapter(parent, name="…")`, which makes an active chapter with its own org inside the open unit of work."""
    numbers = count(1)

    def build(parent=None, *, name="", state=ChapterState.ACTIVE, **fields):
        number, now = next(numbers), clock.now()
        parent = parent or make.root
        org = make.org(parent, OrgKind.ASSOCIATION, name or f"测试协会{number}")
        filled = {"slug": f"chapter-{number}", "name": org.name, "seal": "太", "summary": "一起练。", "join_rule": "approval"}
        filled |= {"founded_on": clock.local_day(now)} | fields
        found = Chapter(org_id=org.id, parent_id=parent.id, state=state.value, created_at=now, updated_at=now, **filled)
        db.session().add(found)
        db.session().flush()
        return found

    build.actor = SYSTEM
    return build
