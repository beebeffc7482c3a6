"""Tables whose rows are never changed: triggers refuse it, so that no code and no console can. For migrations.

SQLite loses a table's triggers when it is built anew (a batch that alters columns): run the statements again after it.
"""

from __future__ import annotations

from collections.abc import Sequence


def append_only(table: str, dialect: str, columns: Sequence[str] = ()) -> list[str]:
    """Return the statements that make a table refuse DELETE, and UPDATE (of some columns alone), on "sqlite" or "postgresql"."""
    quoted = ", ".join(f'"{name}"' for name in columns)
    of = f" OF {quoted}" if columns else ""
    told = f"{table} is append-only"
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act}{more} ON {table} BEGIN SELECT RAISE(ABORT, '{told}'); END"
            for act, more in (("UPDATE", of), ("DELETE", ""))
        ]
    return [
        f"CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{told}'; END $$",
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE{of} ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_refuse()",
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_refuse()",
    ]


def changeable(table: str, dialect: str) -> list[str]:
    """Return the statements that end it, for the migration's way back; before the table is dropped."""
    on = "" if dialect == "sqlite" else f" ON {table}"
    gone = [f"DROP TRIGGER IF EXISTS {table}_no_{act}{on}" for act in ("update", "delete")]
    return gone if dialect == "sqlite" else [*gone, f"DROP FUNCTION IF EXISTS {table}_refuse()"]
