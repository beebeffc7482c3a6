"""What all tests share: which of them run in one process when several run at once, the end of applications that they make, and
anything at all as input to the API."""

from __future__ import annotations

import warnings
from itertools import count

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
EXAMPLES = 8


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


@pytest.fixture
def ask_anything(app):
    """Return `ask_anything(headers, there, under)`: sends anything to each operation of the API whose address begins with one of `under`.

    Every other time it asks for something that is `there`, {address: {"id": …}}; what a dict in it names "body" goes into the body.
    Each answer must be one that the OpenAPI document announces, and never a 5xx. Returns the addresses that were asked.
    """
    import schemathesis
    from hypothesis import HealthCheck, given, settings
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi import checks

    wanted = [
        not_a_server_error, checks.status_code_conformance, checks.content_type_conformance, checks.response_headers_conformance,
        checks.response_schema_conformance,
    ]  # fmt: skip

    def ask(operation, headers, there):
        turns = count()
        known = dict(there.get(operation.path.removeprefix("/api/v1"), {}))
        body = known.pop("body", {})

        @given(case=operation.as_strategy())
        @settings(max_examples=EXAMPLES, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck))
        def send(case):
            if next(turns) % 2:
                case.path_parameters.update(known)
                if isinstance(case.body, dict):
                    case.body.update(body)
            case.call_and_validate(checks=wanted, headers=headers)

        if operation.path != "/api/v1/session" or operation.method != "delete" or not headers:  # it would end the token that the others need
            send()
        return operation.path

    def run(headers, there, under=("/",)):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
            found = [each.ok() for each in schema.get_all_operations()]
            return [ask(each, headers, there) for each in found if each.path.removeprefix("/api/v1").startswith(under)]

    return run
