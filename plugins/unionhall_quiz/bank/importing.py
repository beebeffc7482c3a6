"""Questions from a spreadsheet: every line is judged like one that was typed; what is wrong is named by line and column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import IO

from flask_babel import gettext as _

from unionhall.plugin import (
    Actor,
    Org,
    RuleBroken,
    UnionHallError,
    clock,
    fold,
    read_table,
    record_audit,
    require,
    tidy,
)
from unionhall_quiz import rights
from unionhall_quiz.bank import columns, judging, labels, queries, services
from unionhall_quiz.bank.judging import KEYS, Draft, Option
from unionhall_quiz.bank.models import QuestionKind, Topic

MOST = 1000


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a line, and in which column."""

    line: int
    column: str
    words: str


@dataclass
class Report:
    """What a file holds: questions that can be taken over, lines that are there already, and what is wrong."""

    drafts: list[tuple[int, Draft]] = field(default_factory=list)
    twice: list[int] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    created: int = 0


def read(source: IO[bytes], org: Org, now: datetime) -> Report:
    """Judge a file's lines, without storing anything. Raises RuleBroken for what is no such table."""
    headings, lines = read_table(source, most=MOST)
    places = {heading.strip(): place for place, heading in enumerate(headings)}
    missing = [name for name in columns.NEEDED if name not in places]
    if missing:
        told = _("少了这几列：%(names)s。请用模板的表头，它们在第一行。", names="、".join(missing))
        raise RuleBroken(told, field="file")
    topics = {row.name: row for row in queries.topics_for(org)}
    report, seen, paths = Report(), set[str](), queries.paths_to(org)
    for number, cells in lines:
        try:
            draft = _draft(cells, places, topics, clock.local_day(now))
        except RuleBroken as error:
            report.problems.append(Problem(number, columns.FIELDS.get(error.field or "", columns.TEXT), str(error)))
            continue
        if draft.fingerprint in seen or queries.same(draft.fingerprint, paths) is not None:
            report.twice.append(number)
            continue
        seen.add(draft.fingerprint)
        report.drafts.append((number, draft))
    return report


def store(report: Report, org: Org, *, submit: bool, actor: Actor, now: datetime) -> None:
    """Store what was judged right; with `submit` it waits for review at once. Sets `created`."""
    require(actor, rights.WRITE, org)
    for number, draft in report.drafts:
        try:
            made = services.add(org, draft, actor=actor, now=now)
        except UnionHallError as error:
            report.problems.append(Problem(number, columns.FIELDS.get(error.field or "", columns.TEXT), str(error)))
            continue
        if submit:
            services.submit(made, actor=actor, now=now)
        report.created += 1
    record_audit("quiz.questions_imported", f"bank:{org.id}", actor=actor, now=now, org_id=org.id, created=report.created)


def _draft(cells: Sequence[str], places: dict[str, int], topics: dict[str, Topic], today: date) -> Draft:
    def cell(name: str) -> str:
        place = places.get(name, -1)
        return tidy(cells[place]) if 0 <= place < len(cells) else ""

    kind = columns.KINDS.get(cell(columns.KIND))
    if kind is None:
        names = "、".join(str(word) for word in labels.KINDS.values())
        raise RuleBroken(_("没有“%(value)s”这种题型，可以写：%(names)s。", value=cell(columns.KIND), names=names), field="kind")
    if kind == QuestionKind.PICTURE:
        raise RuleBroken(_("看图选的题要在页面上出，表格里放不了图片。"), field="kind")
    topic = topics.get(cell(columns.TOPIC))
    if topic is None:
        told = _("没有叫“%(value)s”的主题，现有：%(names)s。", value=cell(columns.TOPIC), names="、".join(topics) or _("还没有"))
        raise RuleBroken(told, field="topic_id")
    options = tuple(Option(cell(key.upper())) for key in KEYS if cell(key.upper()))
    right = _right(kind, cell(columns.ANSWER))
    if kind == QuestionKind.TRUE_FALSE:
        options = tuple(Option(str(word)) for word in labels.TRUTH.values())
    level = columns.LEVELS.get(cell(columns.LEVEL))
    if level is None:
        raise RuleBroken(_("难度写“容易”“一般”或“难”，现在是“%(value)s”。", value=cell(columns.LEVEL)), field="difficulty")
    draft = Draft(
        topic.id, kind, cell(columns.TEXT), options, right, cell(columns.WHY), cell(columns.ARTICLE), "", level, _day(cell(columns.UNTIL))
    )  # fmt: skip
    judging.check(draft, today)
    return draft


def _right(kind: str, text: str) -> tuple[int, ...]:
    marks = fold(text)
    if kind == QuestionKind.TRUE_FALSE:
        if marks in columns.YES:
            return (0,)
        return (1,) if marks in columns.NO else ()
    return tuple(KEYS.index(mark) for mark in marks if mark in KEYS)


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text.replace("/", "-")[:10])
    except ValueError:
        raise RuleBroken(_("看不懂日期“%(value)s”，请写成 2027-12-31 的样子。", value=text), field="valid_until") from None
