"""What leaves the site in files and reports: lists to export, figures for the leadership, words of the audit trail."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from unionhall.hooks.types import Actor, Text

Cell = str | int | float | date | datetime | None


@dataclass(frozen=True, slots=True)
class ExportSource:
    """A list that may be exported, "members.roster".

    `permission` opens it. `header()` names the columns, `rows(actor, scope, filters)` yields the rows that this actor may see
    at or below the org path `scope`; `filters` are the list page's own query parameters, as text. `personal` says that the
    rows hold personal data. `full` names the permission that lets the actor ask for unmasked values; the filter "full" is
    then "1" and `rows` must note each look (`unionhall.members.looks`).
    """

    name: str
    label: Text
    permission: str
    header: Callable[[Mapping[str, str]], Sequence[str]]
    rows: Callable[[Actor, str, Mapping[str, str]], Iterable[Sequence[Cell]]]
    personal: bool = True
    full: str = ""


Unit = Literal["people", "times", "items", "hours", "fen"]


@dataclass(frozen=True, slots=True)
class ReportFigure:
    """A figure of the leadership's report. `unit` says what is counted: people (each once), person-times, items, hours, or fen.

    `count(org_path, since, until)` counts at or below the org from the Shanghai day `since` up to but not including
    `until`; with `standing` it is how many there are at the end of the period. `rows_url(org_path, since, until)` leads to the
    rows behind it. `small` is the least number that is shown to those above the org (features.md section 11, rule 8); 0: any.
    """

    name: str
    label: Text
    group: Text
    unit: Unit
    count: Callable[[str, date, date], int]
    rows_url: Callable[[str, date, date], str] | None = None
    permission: str = "reports.read"
    standing: bool = False
    small: int = 0
    order: int = 100


@dataclass(frozen=True, slots=True)
class AuditWords:
    """What the desk's audit trail calls your acts ("sample.suggested"), their objects ("suggestion", of "suggestion:12") and states.

    States are what an act notes as `before` and `after`.
    """

    acts: Mapping[str, Text]
    objects: Mapping[str, Text] = field(default_factory=dict)
    states: Mapping[str, Text] = field(default_factory=dict)
