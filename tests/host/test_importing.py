"""A plugin that needs another may be found before it: that one's tables come with it, and are that one's."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import mapped_column

from unionhall.base import db
from unionhall.base.errors import PluginProblem
from unionhall.host import importing


def table(name, module):
    """Define a table as if a module of this name did."""
    columns = {"__tablename__": name, "__module__": module, "id": mapped_column(sa.Integer, primary_key=True)}
    return type(name.title(), (db.Model,), columns)


def test_tables_of_a_plugin_that_is_needed_are_its_own(app):
    before, shapes = set(db.Model.metadata.tables), importing._shapes()
    others = {"later": "unionhall_later"}
    try:
        with importing.guarded("early", others):
            table("early_row", "unionhall_early.models")
            table("later_row", "unionhall_later.models")
        assert {"early_row", "later_row"} <= set(db.Model.metadata.tables)
        for name, module in (("later_mine", "unionhall_early.models"), ("news_mine", "unionhall_later.models")):
            with pytest.raises(PluginProblem, match=name), importing.guarded("early", others):
                table(name, module)
            assert name not in db.Model.metadata.tables
    finally:
        importing._take_back(before, shapes)
