"""Questions as a spreadsheet, in the columns that an import takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from flask_babel import lazy_gettext as _l

from unionhall.plugin import Actor, Cell, ExportSource, clock
from unionhall_quiz import rights
from unionhall_quiz.bank import columns, labels, queries
from unionhall_quiz.bank.judging import KEYS
from unionhall_quiz.bank.models import Question, QuestionKind
from unionhall_quiz.bank.queries import Filter

SIZE = 500


def header(_filters: Mapping[str, str]) -> Sequence[str]:
    """Return the columns."""
    return [*columns.COLUMNS, columns.STATE, columns.SHOWN, columns.RIGHT]


def rows(actor: Actor, scope: str, filters: Mapping[str, str]) -> Iterator[Sequence[Cell]]:
    """Yield the questions that the list shows."""
    page, today = 1, clock.local_day(clock.now())
    while True:
        found, _total = queries.questions(actor, scope, Filter.of(filters), today, page=page, size=SIZE)
        yield from (_line(row) for row in found)
        if len(found) < SIZE:
            return
        page += 1


def _line(row: Question) -> Sequence[Cell]:
    words = [str(option.get("text", "")) for option in row.options] if row.kind != QuestionKind.TRUE_FALSE else []
    answer = "".join(row.answer).upper() if row.kind != QuestionKind.ORDER else ""
    if row.kind == QuestionKind.TRUE_FALSE and row.answer:
        answer = str(labels.TRUTH[row.answer[0]])
    return [
        str(labels.KINDS[row.kind]), row.text, *words, *[""] * (len(KEYS) - len(words)), answer, row.topic.name, row.explanation,
        str(labels.DIFFICULTIES[row.difficulty]), row.valid_until, row.article_url, str(labels.STATES[row.state][0]), row.shown, row.right,
    ]  # fmt: skip


SOURCE = ExportSource("quiz.questions", _l("题库"), rights.READ, header, rows)
