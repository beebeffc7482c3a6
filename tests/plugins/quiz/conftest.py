"""The site of these tests has the quiz enabled, and what it stands on."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="session")
def enabled_plugins():
    return ("stations", "rewards", "quiz")
