"""What the database says of plugins at this moment: read once a second in each process, or once in a unit of work that writes.

How far their tables are is remembered for some seconds in either; only a unit of work that switches plugins asks for itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, String, column, event, inspect, literal, select, table, union_all
from sqlalchemy.orm import Session

from unionhall.base import db
from unionhall.host.models import PluginSwitch
from unionhall.platform import pagecache

REVISIONS_SECONDS = 5.0
_INFO, _SWITCHES_IT = "unionhall.plugins", "unionhall.plugins.switching"
_ROW = PluginSwitch.__table__.c
_SWITCHES = select(_ROW.name, _ROW.enabled, _ROW.position, _ROW.quarantined_at, _ROW.quarantined_version)


@dataclass(frozen=True)
class Truth:
    """Who is enabled and in which place; who is in quarantine, as which version; the revision of each plugin's tables."""

    enabled: frozenset[str] = frozenset()
    places: Mapping[str, int] = field(default_factory=dict)
    quarantined: Mapping[str, str] = field(default_factory=dict)
    applied: Mapping[str, str] = field(default_factory=dict)


def now(migrated: Iterable[str]) -> Truth:
    """Return the truth; `migrated` are the plugins whose tables may be older than their code."""
    if not db.is_writing():
        return pagecache.remembered("plugins", lambda: _read(migrated))
    info = db.session().info
    if _INFO not in info:
        info[_INFO] = _read(migrated)
    found: Truth = info[_INFO]
    return found


def changed() -> None:
    """Say that this unit of work switched something: it sees its own truth, and every process once it is committed."""
    forget()
    pagecache.purge(pagecache.SITE)


def forget() -> None:
    """Let this unit of work ask again: it may have waited for somebody who switched, and is about to."""
    db.session().info.pop(_INFO, None)
    db.session().info[_SWITCHES_IT] = True


def _forget(session: Session) -> None:
    session.info.pop(_INFO, None)
    session.info.pop(_SWITCHES_IT, None)


event.listen(Session, "after_commit", _forget)
event.listen(Session, "after_rollback", _forget)


def _read(migrated: Iterable[str]) -> Truth:
    rows = db.rows(_SWITCHES).all()
    enabled = frozenset(found.name for found in rows if found.enabled)
    asked = sorted(enabled & set(migrated))
    return Truth(
        enabled, {found.name: found.position for found in rows},
        {found.name: found.quarantined_version for found in rows if found.quarantined_at is not None}, _applied(asked),
    )  # fmt: skip


def _applied(names: list[str]) -> Mapping[str, str]:
    if db.session().info.get(_SWITCHES_IT):
        return revisions(names)
    known = "plugins.revisions " + " ".join(names)
    return pagecache.remembered(known, lambda: revisions(names), seconds=REVISIONS_SECONDS, writing=True)


def revisions(names: Iterable[str]) -> dict[str, str]:
    """Return {plugin: revision that its tables are at}; those that have no tables yet are not in it."""
    wanted = {f"alembic_version_{name}": name for name in names}
    there = set(inspect(db.session().connection()).get_table_names()) & set(wanted) if wanted else set()
    if not there:
        return {}
    parts: list[Any] = [_revision(wanted[name], name) for name in sorted(there)]
    return {str(row[0]): str(row[1]) for row in db.session().execute(union_all(*parts)).all()}


def _revision(plugin: str, version_table: str) -> Select[str, str]:
    return select(literal(plugin), column("version_num", String)).select_from(table(version_table))


def left_behind() -> set[str]:
    """Return the plugins that have a version table."""
    front = "alembic_version_"
    return {name.removeprefix(front) for name in inspect(db.session().connection()).get_table_names() if name.startswith(front)}
