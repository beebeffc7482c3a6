"""Races for tests: several acts at the same moment, each in a thread and a unit of work of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flask import Flask
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection

from unionhall.base import db
from unionhall.base.errors import UnionHallError

TRIES = 100
BUSY = (OperationalError, NoConnection)
"""A lock that was waited for too long, a deadlock, or no connection left: what somebody who comes back later may find gone."""


def at_once(app: Flask, acts: Sequence[Callable[[], Any]]) -> list[Any]:
    """Do every act at the same moment; returns, in their order, what each returned, or the UnionHallError that it was refused with.

    An act that a busy database turned away is done again. Whatever else an act raises is raised here: no thread ends unseen.
    """
    gate = threading.Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        with app.app_context():
            gate.wait()
            try:
                return _done(act)
            finally:
                db.session().remove()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def _done(act: Callable[[], Any]) -> Any:
    for tries in range(TRIES):
        try:
            with db.unit_of_work():
                return act()
        except UnionHallError as error:
            return error
        except BUSY:
            db.session().remove()
            if tries + 1 == TRIES:
                raise
    return None
