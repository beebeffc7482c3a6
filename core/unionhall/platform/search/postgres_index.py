"""For several nodes: PostgreSQL's full text. The terms are ours; the database only stores, counts and ranks them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Index as DbIndex
from sqlalchemy import String, Text, delete, func, select, text, tuple_
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from unionhall.base import db
from unionhall.platform.search import analysis
from unionhall.platform.search.asking import Clause, Query
from unionhall.platform.search.indexes import MOST_COUNTED, Entry, Found, IndexBroken, Key

RANKED = MOST_COUNTED  # one can leaf through no more than these
LAST_PLACE = 16_383  # tsvector keeps no position beyond it
BATCH = 200
_LOCK = text("SELECT pg_advisory_xact_lock(7314001)")


class SearchEntry(db.Model):
    """One document as terms. Used on PostgreSQL only; on SQLite the table stays empty."""

    __tablename__ = "search_entry"
    __table_args__ = (
        DbIndex("ix_search_entry_at", "at"),
        DbIndex("ix_search_entry_words", "words", postgresql_using="gin").ddl_if(dialect="postgresql"),
        DbIndex("ix_search_entry_pairs", "pairs", postgresql_using="gin").ddl_if(dialect="postgresql"),
        {"info": {"rebuilt": True}},  # made from other tables: a backup leaves its rows out
    )
    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[int]
    section: Mapped[str] = mapped_column(String(60))
    orgs: Mapped[list[str]] = mapped_column(ARRAY(String(400)).with_variant(Text, "sqlite"))
    at: Mapped[datetime]
    words: Mapped[Any] = mapped_column(TSVECTOR().with_variant(Text, "sqlite"))
    pairs: Mapped[Any] = mapped_column(TSVECTOR().with_variant(Text, "sqlite"))


T = SearchEntry.__table__.c


class PostgresIndex:
    """Reads and writes like everything else in the database; no file, no lock beyond a transaction's."""

    def write(self, entries: Sequence[Entry], gone: Sequence[Key]) -> None:
        with db.unit_of_work():
            self._replace(entries, gone)

    def find(self, asked: Query, start: int, size: int) -> Found:
        try:
            return self._find(asked, start, size)
        except SQLAlchemyError as error:
            db.session().rollback()
            raise IndexBroken(str(error)) from error

    def rebuild(self, entries: Iterable[Entry], late: Iterable[tuple[list[Entry], list[Key]]], *, broken: bool = False) -> int:
        """Replace entry by entry, then drop what no source named: readers find all the time."""
        named: set[Key] = set()
        before = self._keys()
        batch: list[Entry] = []
        for entry in entries:
            batch.append(entry)
            named.add(entry.key)
            if len(batch) == BATCH:
                self.write(batch, [])
                batch = []
        self.write(batch, [])
        for changed, gone in late:
            self.write(changed, gone)
            named |= {entry.key for entry in changed}
        with db.unit_of_work():
            self._replace([], list(before - named))  # what others have put in since then stays
        return self.count()

    def _keys(self) -> set[Key]:
        rows = db.session().execute(select(T.kind, T.number)).all()
        db.session().rollback()
        return {(row.kind, row.number) for row in rows}

    def count(self) -> int:
        try:
            number, oldest = db.session().execute(select(func.count(), func.min(T.version))).one()
        except SQLAlchemyError as error:
            db.session().rollback()
            raise IndexBroken(str(error)) from error
        if not number or oldest != analysis.VERSION:
            raise IndexBroken("empty, or made by another analysis")
        return int(number)

    def tidy(self) -> None:
        """Nothing to do: autovacuum does it."""

    def _replace(self, entries: Sequence[Entry], gone: Sequence[Key]) -> None:
        session = db.session()
        session.execute(_LOCK)
        keys = [*gone, *(entry.key for entry in entries)]
        for at in range(0, len(keys), BATCH):
            session.execute(delete(SearchEntry).where(tuple_(SearchEntry.kind, SearchEntry.number).in_(keys[at : at + BATCH])))
        if entries:
            session.execute(_INSERT, [_row(entry) for entry in entries])

    def _find(self, asked: Query, start: int, size: int) -> Found:
        condition, values = _condition(asked)
        some = select(T.number).where(*condition).limit(MOST_COUNTED).subquery()
        total = db.session().scalar(select(func.count()).select_from(some), values) or 0
        if asked.sort == "date" or not any(clause.words for clause in asked.clauses):
            rows = select(T.kind, T.number).where(*condition).order_by(T.at.desc(), T.number.desc())
        else:
            newest = select(T.kind, T.number, T.at, T.words).where(*condition).order_by(T.at.desc()).limit(RANKED).subquery()
            rank = func.ts_rank(text("'{0.1,0.1,0.1,1.0}'::float4[]"), newest.c.words, text("CAST(:ranked AS tsquery)"))
            rows = select(newest.c.kind, newest.c.number).order_by(rank.desc(), newest.c.at.desc(), newest.c.number.desc())
            values["ranked"] = " & ".join(_quoted(word) for clause in asked.clauses for word in clause.words)
        found = db.session().execute(rows.limit(size).offset(start), values)
        return Found([(row.kind, row.number) for row in found], int(total))


_INSERT = text(
    "INSERT INTO search_entry (kind, number, version, section, orgs, at, words, pairs) "
    "VALUES (:kind, :number, :version, :section, :orgs, :at, CAST(:words AS tsvector), CAST(:pairs AS tsvector))"
)


def _row(entry: Entry) -> dict[str, Any]:
    return {
        "kind": entry.key[0], "number": entry.key[1], "version": analysis.VERSION, "section": entry.section,
        "orgs": list(entry.orgs), "at": datetime.fromtimestamp(entry.at, UTC),
        "words": _vector(entry.title, "A") + " " + _vector(entry.words, "D"), "pairs": _vector(entry.pairs, ""),
    }  # fmt: skip


def _vector(terms: Sequence[str], weight: str) -> str:
    """Return terms as a tsvector literal with their places, so that a phrase is terms side by side."""
    return " ".join(f"{_quoted(term)}:{place}{weight}" for place, term in enumerate(terms[:LAST_PLACE], 1))


def _quoted(term: str) -> str:
    return "'" + term.replace("\\", "\\\\").replace("'", "''") + "'"


def _condition(asked: Query) -> tuple[list[Any], dict[str, Any]]:
    """Return the conditions and their values; a term is quoted, so that nothing in it is an operator."""
    parts: list[Any] = []
    values: dict[str, Any] = {}
    for n, (wanted, clause) in enumerate([*((True, item) for item in asked.clauses), *((False, item) for item in asked.excluded)]):
        column = "pairs" if clause.exact or clause.prefix else "words"
        sign = "" if wanted else "NOT "
        parts.append(text(f"{sign}search_entry.{column} @@ CAST(:q{n} AS tsquery)"))
        values[f"q{n}"] = _tsquery(clause)
    if asked.kind:
        parts.append(T.kind == asked.kind)
    if asked.section:
        parts.append(T.section == asked.section)
    if asked.org_path:
        parts.append(text("search_entry.orgs @> ARRAY[CAST(:org AS varchar)]"))
        values["org"] = asked.org_path
    parts += [T.at >= asked.since] if asked.since else []
    parts += [T.at < asked.until] if asked.until else []
    return parts, values


def _tsquery(clause: Clause) -> str:
    if clause.prefix:
        return f"{_quoted(clause.pairs[0])}:*"
    if clause.exact:
        return " <-> ".join(_quoted(pair) for pair in clause.pairs)
    return " & ".join(_quoted(word) for word in clause.words)
