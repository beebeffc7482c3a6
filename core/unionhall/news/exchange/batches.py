"""How every import goes through its source: pictures are decoded first, then a few dozen articles made in a transaction.

A batch that fails is tried again one by one, so that a single bad article costs only itself; what somebody imported at
the same moment is then found and skipped.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import islice
from time import sleep
from typing import Generic, TypeVar

from flask_babel import gettext as _
from sqlalchemy.exc import OperationalError

from unionhall.base import db
from unionhall.base.errors import Unavailable, UnionHallError
from unionhall.news.exchange.pictures import Pictures
from unionhall.news.exchange.records import Problem, Report

BATCH = 25
PICTURES = 8
PATIENCE = (0.5, 2.0, 5.0)
Item = TypeVar("Item")
Progress = Callable[[int], object]
Keep = Callable[[Report, int], object]


class Batches(ABC, Generic[Item]):
    """One import: what came of it stands in `report`.

    `keep` is called in the unit of work of each batch with what came of it and how many items it took, so that somebody
    else's notes are stored with the articles or not at all; in a trial, whose articles are not stored, in one of its own.
    """

    def __init__(self, kind: type[Item], pictures: Pictures, *, keep: Keep | None = None, dry_run: bool = False) -> None:
        self.report, self.pictures, self.dry_run = Report(), pictures, dry_run
        self._kind, self._keep = kind, keep

    @abstractmethod
    def pictures_of(self, item: Item) -> Iterable[str]:
        """Return the addresses of everything that the item shows."""

    @abstractmethod
    def name(self, item: Item) -> tuple[str, int]:
        """Return what a report calls the item, and its line."""

    @abstractmethod
    def make(self, records: list[Item], report: Report) -> None:
        """Make articles in the unit of work that is open."""

    def take(self, items: Iterable[Item | Problem], progress: Progress = lambda done: None, *, skip: int = 0) -> Report:
        """Make articles of all items but the first `skip`, which an earlier try took."""
        done = skip
        for batch in self._batches(islice(items, skip, None)):
            self._bring(batch)
            done += len(batch)
            progress(done)
        return self.report

    def _batches(self, items: Iterable[Item | Problem]) -> Iterator[list[Item | Problem]]:
        """Yield items by the dozen, fewer when they show many pictures, whose files are written while the database waits."""
        batch: list[Item | Problem] = []
        shown = 0
        for item in items:
            new = self.pictures.wanted(self.pictures_of(item)) if isinstance(item, self._kind) else []
            if batch and (len(batch) >= BATCH or shown + len(new) > PICTURES):
                yield batch
                batch, shown = [], 0
            self.pictures.decode(new)
            batch.append(item)
            shown += len(new)
        if batch:
            yield batch

    def _bring(self, batch: list[Item | Problem], tries: int = 0) -> None:
        try:
            self._store(batch)
        except OperationalError as error:  # a busy database, or two imports that waited for each other
            self.pictures.forget()
            if tries == len(PATIENCE):
                raise Unavailable(_("数据库忙，导入没有做完。请稍后再导入一次：已经有的会跳过。")) from error
            sleep(PATIENCE[tries])
            self._bring(batch, tries + 1)
        except (UnionHallError, db.IntegrityError) as error:
            self.pictures.forget()
            if len(batch) > 1:
                for item in batch:
                    self._bring([item])
            elif isinstance(error, db.IntegrityError) and not tries:
                self._bring(batch, 1)
            else:
                self._give_up(batch[0], error)

    def _store(self, batch: list[Item | Problem]) -> None:
        report = Report(problems=[item for item in batch if isinstance(item, Problem)])
        try:
            with db.unit_of_work():
                self.make([item for item in batch if isinstance(item, self._kind)], report)
                if self.dry_run:
                    raise _OnlyTried
                if self._keep is not None:
                    self._keep(report, len(batch))
        except _OnlyTried:
            report.made = [replace(made, article_id=None) for made in report.made]
            self._keep_apart(report, len(batch))
        self.pictures.settle()
        self.report.add(report)

    def _keep_apart(self, report: Report, number: int) -> None:
        if self._keep is not None:
            with db.unit_of_work():
                self._keep(report, number)

    def _give_up(self, item: Item | Problem, error: Exception) -> None:
        report = Report(skipped=1)
        if isinstance(item, self._kind):
            why = str(error.message) if isinstance(error, UnionHallError) else _("和已有的内容冲突。")
            name, line = self.name(item)
            report.problems.append(Problem(name, "refused", why, line))
        self._keep_apart(report, 1)
        self.report.add(report)


class _OnlyTried(Exception):
    """Everything was tried in earnest, and is rolled back."""
