"""What HTTP tests share: a form's token."""

from __future__ import annotations

import re

import pytest


@pytest.fixture
def post():
    """Return `post(client, path, **fields)`, which brings the token that a page of the same browser carries."""

    def send(client, path, /, follow_redirects=False, **fields):
        page = client.get("/forgot").text
        token = re.search(r'name="csrf_token" value="([^"]+)"', page).group(1)
        return client.post(path, data={"csrf_token": token, **fields}, follow_redirects=follow_redirects)

    return send
