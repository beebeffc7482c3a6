"""The hold that whoever works on an import has on it, and what makes them let go."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import TypeVar

from unionhall.base import clock
from unionhall.hooks.types import Actor
from unionhall.members.imports import files
from unionhall.orgs.models import Org
from unionhall.platform import jobs, leases
from unionhall.platform.leases import Interrupted

_T = TypeVar("_T")


class Stopped(Exception):
    """Somebody asked to leave the import."""


@dataclass(frozen=True)
class Held(leases.Held):
    """An import that this worker has taken; `token` names its folder."""

    token: str

    def go_on(self, done: int, total: int) -> None:
        """Tell how far it is. Raises Stopped, Interrupted when it is to be left."""
        files.tell(self.token, done, total)
        if files.asked_to_stop(self.token):
            raise Stopped
        if jobs.asked_to_stop():
            raise Interrupted


@dataclass(frozen=True)
class Plan:
    """What is to be done, read once at the start: the values outlive the unit of work that they were read in."""

    held: Held
    org: Org
    step: str
    mapping: dict[str, int]
    total: int
    actor: Actor
    now: datetime

    @property
    def today(self) -> date:
        """Return the Shanghai day on which this runs."""
        return clock.local_day(self.now)


def chunks(items: Iterator[_T], size: int) -> Iterator[list[_T]]:
    """Yield lists of so many items, the last one shorter."""
    while part := list(islice(items, size)):
        yield part
