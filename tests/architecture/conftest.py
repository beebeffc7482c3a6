"""The tests of rights share the tables and things that stand beside them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
def houses(beginning, work, make):
    """Two districts with one of everything; see rights_things.py."""
    from rights_things import build

    def fill():
        with work():
            return build(make)

    return beginning("two districts", fill)
