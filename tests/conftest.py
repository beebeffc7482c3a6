"""What tests of the core and of plugins ask alike."""

from __future__ import annotations

import warnings
from itertools import count

import pytest

EXAMPLES = 8


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
