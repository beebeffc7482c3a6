"""Keeping the index true: what changed is noted in the unit of work that changed it, and brought over by the worker."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

import structlog
from flask import Flask, current_app
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from unionhall.base import clock, db
from unionhall.hooks.types import SearchDocument, SearchSource
from unionhall.platform import outbox
from unionhall.platform.search.indexes import Entry, Index, IndexBroken, Key, entry

TOPIC = "search"
BATCH = 200
OUTGROWN = 30_000
EXTENSION = "unionhall.search"
Sources = Callable[[], dict[str, SearchSource]]
log = structlog.get_logger("unionhall.search")


class Search:
    """The site's index and what it is filled from."""

    def __init__(self, index: Index, sources: Sources, backend: str) -> None:
        self.index, self.sources, self.backend = index, sources, backend


def init(app: Flask, index: Index, sources: Sources, backend: str) -> None:
    """Give the application its search; called once, when it is built."""
    app.extensions[EXTENSION] = Search(index, sources, backend)
    with app.app_context():
        outbox.handle_together(TOPIC, bring_over)


def search() -> Search:
    """Return the running application's search."""
    found: Search = current_app.extensions[EXTENSION]
    return found


def changed(kind: str, *ids: int, now: datetime) -> None:
    """Say that these objects were made, changed or taken away in this unit of work; the index follows within seconds."""
    for number in ids:
        outbox.put(TOPIC, {"kind": kind, "id": number}, now=now)


def all_changed(*, now: datetime) -> None:
    """Say that much changed at once, such as orgs' places in the tree: the index is made anew."""
    outbox.put(TOPIC, {"all": True}, now=now)


def bring_over(payloads: list[dict[str, Any]]) -> None:
    """Read the objects again and write them to the index in one go (the outbox' handler); a broken index is made anew."""
    if any(item.get("all") for item in payloads):
        rebuild()
        return
    entries, gone = _read(payloads)
    try:
        search().index.write(entries, gone)
    except IndexBroken as error:
        log.warning("search index is made anew", reason=str(error))
        rebuild(broken=True)
        search().index.write(entries, gone)  # another process may have made it, and have read before this change


def _read(payloads: Iterable[dict[str, Any]]) -> tuple[list[Entry], list[Key]]:
    wanted: dict[str, dict[int, None]] = {}
    for item in payloads:
        if "kind" in item:
            wanted.setdefault(item["kind"], {})[item["id"]] = None
    entries: list[Entry] = []
    gone: list[Key] = []
    for kind, ids in wanted.items():
        source = search().sources().get(kind)
        found = {document.id: document for document in documents_of(source, list(ids))} if source else {}
        entries += [entry(document) for document in found.values()]
        gone += [(kind, number) for number in ids if number not in found]
    db.session().rollback()
    return entries, gone


def documents_of(source: SearchSource, ids: Sequence[int]) -> list[SearchDocument]:
    """Return the documents that can be made; one that a source fails on is logged and left out, and holds up no other."""
    try:
        return list(source.documents(ids))
    except SQLAlchemyError:
        raise
    except Exception:
        log.exception("document for search could not be made", kind=source.kind, ids=len(ids))
        return [document for number in ids for document in documents_of(source, [number])] if len(ids) > 1 else []


def rebuild(progress: Callable[[int], object] = lambda done: None, *, broken: bool = False) -> int:
    """Make the index anew while the old one goes on answering; returns how many documents it holds.

    With `broken` only when no other process has just done so.
    """
    started = clock.now()
    number = search().index.rebuild(_everything(progress), _late(started), broken=broken)
    log.info("search index made", documents=number)
    return number


def _everything(progress: Callable[[int], object]) -> Iterator[Entry]:
    done = 0
    for source in search().sources().values():
        after = 0
        while ids := source.ids(after, BATCH):
            after = ids[-1]
            entries = [entry(document) for document in documents_of(source, ids)]
            db.session().rollback()
            yield from entries
            done += len(ids)
            progress(done)


def _late(since: datetime) -> Iterator[tuple[list[Entry], list[Key]]]:
    """Yield what was noted while the index was being made, whether or not it has been brought over to the old one."""
    message = outbox.OutboxMessage
    db.session().rollback()  # SQLite would go on reading from before the changes
    payloads = list(db.session().scalars(select(message.payload).where(message.topic == TOPIC, message.created_at >= since)))
    db.session().rollback()
    if payloads:
        yield _read(payloads)


def keep(now: datetime) -> None:
    """See that there is an index that fits, and merge what small writes left (the job)."""
    try:
        search().index.count()
        search().index.tidy()
    except IndexBroken as error:
        log.warning("search index is made anew", reason=str(error))
        rebuild(broken=True)
