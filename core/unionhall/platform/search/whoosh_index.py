"""The embedded default: Whoosh, comfortable to about 30,000 documents."""

from __future__ import annotations

import threading
import time
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import Any

from unionhall.platform.search.asking import Clause, Query
from unionhall.platform.search.folders import Place
from unionhall.platform.search.indexes import MOST_COUNTED, TITLE_COUNTS, Entry, Found, IndexBroken, Key

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # 2.7.4 was written before Python warned of escapes like "\."
    from whoosh import fields, index, query
    from whoosh.analysis import RegexTokenizer
    from whoosh.filedb.filestore import FileStorage

FRESH_SECONDS = 1.0
BATCH = 500
MEMORY_MB = 128
_TERMS = RegexTokenizer(r"\S+")
SCHEMA = fields.Schema(
    key=fields.ID(unique=True, stored=True), kind=fields.ID(), section=fields.ID(), orgs=fields.KEYWORD(),
    at=fields.NUMERIC(int, bits=64, sortable=True),
    words=fields.TEXT(analyzer=_TERMS, phrase=False), pairs=fields.TEXT(analyzer=_TERMS, phrase=True),
)  # fmt: skip


class WhooshIndex:
    """One searcher a process, refreshed at most once a second; written by one process at a time."""

    def __init__(self, root: Path) -> None:
        self._place = Place(root, "whoosh")
        self._lock = threading.Lock()
        self._searcher: Any = None
        self._stamp = 0
        self._fresh_until = 0.0

    def write(self, entries: Sequence[Entry], gone: Sequence[Key]) -> None:
        """Commit once, without merging: a merge would hold readers' news back for seconds."""
        with self._place.writing():
            _write(_open(self._place.current()), entries, gone)

    def find(self, asked: Query, start: int, size: int) -> Found:
        with self._lock:
            try:
                searcher = self._fresh()
                by_date = {"sortedby": "at", "reverse": True} if asked.sort == "date" else {}
                wanted = _query(asked)
                results = searcher.search(wanted, limit=start + size, **by_date)
                keys = [_key(hit["key"]) for hit in results[start : start + size]]
                return Found(keys, sum(1 for _number in islice(wanted.docs(searcher), MOST_COUNTED)))
            except IndexBroken:
                raise
            except Exception as error:  # a damaged file shows as any error there is: struct, zlib, value, key, OS
                self._searcher = None
                raise IndexBroken(str(error)) from error

    def rebuild(self, entries: Iterable[Entry], late: Iterable[tuple[list[Entry], list[Key]]], *, broken: bool = False) -> int:
        with self._place.alone() as mine:
            return self._built(entries, late) if mine or not broken else self.count()

    def _built(self, entries: Iterable[Entry], late: Iterable[tuple[list[Entry], list[Key]]]) -> int:
        with self._place.building() as folder:
            made = index.create_in(str(folder), SCHEMA)
            with _writer(made) as writer:
                for entry in entries:
                    writer.add_document(**_fields(entry))
                writer.commit()
            with self._place.writing():
                for changed, gone in late:
                    _write(made, changed, gone)
                self._place.use(folder)
            return int(made.doc_count())

    def count(self) -> int:
        return int(_open(self._place.current()).doc_count())

    def tidy(self) -> None:
        with self._place.writing(), _writer(_open(self._place.current())) as writer:
            writer.commit(optimize=True)

    def _fresh(self) -> Any:
        now = time.monotonic()
        if self._searcher is not None and now < self._fresh_until:
            return self._searcher
        stamp = self._place.stamp()
        if self._searcher is None or stamp != self._stamp:
            self._searcher, self._stamp = _open(self._place.current()).searcher(), stamp
        else:
            self._searcher = self._searcher.refresh()
        self._fresh_until = now + FRESH_SECONDS
        return self._searcher


def _open(folder: Path) -> Any:
    try:
        return FileStorage(str(folder)).open_index()
    except Exception as error:
        raise IndexBroken(str(error)) from error


def _write(made: Any, entries: Sequence[Entry], gone: Sequence[Key]) -> None:
    with _writer(made) as writer:
        for key in gone:
            writer.delete_by_term("key", _name(key))
        for entry in entries:
            writer.update_document(**_fields(entry))
        writer.commit(merge=False)


@contextmanager
def _writer(made: Any) -> Iterator[Any]:
    """A writer that lets go of the index when something fails; on a full disk it could hold it until the process ends."""
    writer = made.writer(limitmb=MEMORY_MB)
    try:
        yield writer
    except BaseException:
        with suppress(Exception):  # cancelling writes, too
            writer.cancel()
        if writer.writelock is not None and writer.writelock.fd is not None:
            writer.writelock.release()
        raise


def _fields(entry: Entry) -> dict[str, Any]:
    return {
        "key": _name(entry.key), "kind": entry.key[0], "section": entry.section, "orgs": " ".join(entry.orgs), "at": entry.at,
        "words": " ".join([*entry.title * TITLE_COUNTS, *entry.words]), "pairs": " ".join(entry.pairs),
    }  # fmt: skip


def _name(key: Key) -> str:
    return f"{key[0]}:{key[1]}"


def _key(name: str) -> Key:
    kind, _, number = name.rpartition(":")
    return kind, int(number)


def _query(asked: Query) -> Any:
    parts = [_clause(clause) for clause in asked.clauses]
    filters = [("kind", asked.kind), ("section", asked.section), ("orgs", asked.org_path)]
    parts += [query.ConstantScoreQuery(query.Term(name, value), 0.0) for name, value in filters if value]
    if asked.since or asked.until:
        begin = int(asked.since.timestamp()) if asked.since else None
        end = int(asked.until.timestamp()) if asked.until else None
        parts.append(query.ConstantScoreQuery(query.NumericRange("at", begin, end, endexcl=True), 0.0))
    whole = query.And(parts)
    return query.AndNot(whole, query.Or([_clause(clause) for clause in asked.excluded])) if asked.excluded else whole


def _clause(clause: Clause) -> Any:
    if clause.prefix:
        return query.Prefix("pairs", clause.pairs[0])
    if clause.exact:
        return query.Phrase("pairs", list(clause.pairs)) if len(clause.pairs) > 1 else query.Term("pairs", clause.pairs[0])
    return query.And([query.Term("words", word) for word in clause.words])
