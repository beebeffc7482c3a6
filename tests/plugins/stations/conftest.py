"""The site of these tests has the stations enabled."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="session")
def enabled_plugins():
    return ("stations",)
