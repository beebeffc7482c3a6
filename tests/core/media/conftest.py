"""What the library's tests share: stored pictures, two orgs with their people."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from media_samples import jpeg

from unionhall.base import clock
from unionhall.hooks.types import SYSTEM, Role
from unionhall.media import services
from unionhall.orgs.models import Org, OrgKind


@pytest.fixture(autouse=True)
def emptied(app):
    """Start with no files."""
    for path in app.extensions["unionhall.storage"].root.rglob("*"):
        if path.is_file():
            path.unlink()


@pytest.fixture
def stored(app):
    """Return the function that names the stored files."""
    return lambda: sorted(path.name for path in app.extensions["unionhall.storage"].root.rglob("*") if path.is_file())


@pytest.fixture
def people(work, make):
    """A city, a district below it and a neighbouring district, with their people; ids."""
    with work():
        city = make.org(name="青禾市总工会")
        org, other = make.org(city, OrgKind.DISTRICT, name="东津区总工会"), make.org(city, OrgKind.DISTRICT, name="柳浦区总工会")
        return {
            "city": city.id, "org": org.id, "other": other.id,
            "editor": make.account(Role.EDITOR, org, name="顾言").id, "writer": make.account(Role.CORRESPONDENT, org, name="沈一禾").id,
            "second": make.account(Role.CORRESPONDENT, org).id, "stranger": make.account(Role.EDITOR, other).id,
            "above": make.account(Role.CHIEF_EDITOR, city).id, "auditor": make.account(Role.AUDITOR, org).id,
        }  # fmt: skip


@pytest.fixture
def keep(work):
    """Return `keep(org id, data, name, account id)`: keep a file as the services do; the asset's id."""

    def kept(org_id, data=None, name="车间.jpg", by=None, details=None):
        with work() as session:
            prepared = services.prepare_file(jpeg() if data is None else data, name)
            org = session.get_one(Org, org_id)
            asset = services.keep(prepared, name, org=org, details=details, actor=SYSTEM, now=clock.now()).asset
            asset.uploaded_by = by
            session.flush()
            return asset.id

    return kept
