"""Full-text search in Chinese: one way to analyse text, one small query language, several indexes behind one interface.

Features and plugins give sources by hook and say `changed(kind, id)` in the unit of work that changes something; the worker,
the only writer, reads the objects again and brings the index up to date. The index is a cache: it holds nothing that
cannot be rebuilt, and what it finds is asked for again in the database before anybody sees it.
"""

from unionhall.platform.search import postgres_index  # noqa: F401 - its table is part of the schema on every site
from unionhall.platform.search.writing import all_changed, changed

__all__ = ["all_changed", "changed"]
