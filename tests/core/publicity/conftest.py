"""A kind of notice that only these tests bring, and what its owner was told."""

from __future__ import annotations

import types

import pytest

from unionhall.base import clock
from unionhall.hooks.markers import hookimpl
from unionhall.hooks.publicity import PublicityKind
from unionhall.hooks.types import SYSTEM
from unionhall.host.discovery import Found
from unionhall.publicity.services import open_publicity


@pytest.fixture
def told(app):
    """Return the list of (owner id, outcome) that the owner of notices was told."""
    heard, host = [], app.extensions["unionhall.host"]
    kind = PublicityKind("tests.list", "测试名单", ("姓名", "金额"), lambda owner, outcome, now: heard.append((owner, outcome)))
    module = types.ModuleType("notices_of_tests")

    @hookimpl
    def unionhall_publicity_kinds():
        return [kind]

    module.unionhall_publicity_kinds = unionhall_publicity_kinds
    found = Found("notices_of_tests", module=module, core=True)
    host.manager.register(module, name=found.name)
    host.features.append(found)
    host._kept.answering.clear()
    yield heard
    host.features.remove(found)
    host.manager.unregister(name=found.name)
    host._kept.answering.clear()


@pytest.fixture
def put_up(make, told):
    """Return `put_up(org)`, which opens a notice of three working days inside the unit of work that is open."""

    def build(org=None, owner=1, **more):
        rows = [("何*英", "1,000 元")]
        return open_publicity(
            "tests.list", owner, "困难帮扶名单", rows, org=org or make.root, days=3, contact="办公室 0570-88880000", actor=SYSTEM,
            now=clock.now(), **more,
        )  # fmt: skip

    return build
