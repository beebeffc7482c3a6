"""What all tests share: which of them run in one process when several run at once, and the end of applications that they make."""

from __future__ import annotations

import pytest

from unionhall.base import db
from unionhall.host.registry import host

# A site with its browser, an environment that packages are installed into, the demo: made once, not once in each process.
# They take longest, so they begin first; each judgement of the contract is a process of its own, and shares nothing.
TOGETHER = {
    "tests/browser/": "browser",
    "tests/packaging/": "packaging",
    "tests/contract/": "",
    "tests/core/news/test_demo.py": "demo",
    "tests/core/campaigns/test_demo.py": "demo",
}


@pytest.fixture
def ends():
    """Return `ends(app)`, which gives an application back and closes its connections after the test: one that is left to the
    garbage collector is complained of in whichever test comes next."""
    apps = []

    def note(app):
        apps.append(app)
        return app

    yield note
    for app in apps:
        with app.app_context():
            host().conduct.settle()
            db.session().remove()
            db.engine().dispose()


def scope_of(nodeid: str) -> str:
    """Return the name of what a test is run together with: its file, unless TOGETHER says otherwise."""
    file = nodeid.partition("::")[0]
    shared = next((name for start, name in TOGETHER.items() if file.startswith(start)), file)
    return shared or nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Hand out whole files: what their fixtures keep for a process is made once. Not by xdist's marks: pytest 9.2 ignores them."""
    from xdist.scheduler import LoadScopeScheduling

    if config.getvalue("dist") != "load":
        return None  # another way was asked for

    class Together(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            return scope_of(nodeid)

        def _assign_work_unit(self, node):
            longest = next((scope for scope in self.workqueue if scope in TOGETHER.values() or "::" in scope), None)
            if longest:
                self.workqueue.move_to_end(longest, last=False)
            super()._assign_work_unit(node)

    return Together(config, log)
