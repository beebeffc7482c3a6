"""Writing an export: lines to a stream, files beside them, all of one moment of the database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import IO, Literal, get_args

from sqlalchemy.orm import Session

from unionhall.base import db
from unionhall.base.crypto import config
from unionhall.news.exchange import jsonl_writing, wxr_writing
from unionhall.news.exchange.copying import Copies
from unionhall.news.exchange.jsonl_writing import Written
from unionhall.news.exchange.leaving import Leaving

Format = Literal["jsonl", "wxr"]
FORMATS: tuple[Format, ...] = get_args(Format)
ENDINGS: dict[str, str] = {"jsonl": ".jsonl", "wxr": ".xml"}
Progress = Callable[[int, int], object]


def write(out: IO[bytes], form: Format, leaving: Leaving, copies: Copies, *, now: datetime, progress: Progress) -> int:
    """Write the articles and take their files along; returns how many. `progress` hears (done, of how many)."""
    done = 0
    with db.snapshot() as connection, Session(connection) as session:
        total = leaving.count(session)
        for item in _lines(session, form, leaving, now):
            out.write(item.text.encode("utf-8", "replace"))
            copies.take(item.files)
            done += item.articles
            progress(done, total)
    return done


def _lines(session: Session, form: Format, leaving: Leaving, now: datetime) -> Iterator[Written]:
    if form == "wxr":
        yield from wxr_writing.lines(session, leaving, config(), now)
        return
    for item in jsonl_writing.lines(session, leaving, config(), now):
        yield Written(item.text + "\n", item.files, item.articles)
