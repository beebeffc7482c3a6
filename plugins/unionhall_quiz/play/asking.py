"""Questions as a page or a program sees them before they are answered: places and words, never keys, answers or explanations.

An option is known by its place as shown ("1", "2", …), because the author's keys, and their order, would give an answer away.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from unionhall.plugin import media_assets
from unionhall_quiz.bank.models import QuestionKind
from unionhall_quiz.play import attempts
from unionhall_quiz.play.papers import Frozen

Typed = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Option:
    """One option: `place` from 1 as shown, a picture or None."""

    place: int
    text: str
    image: Any = None


@dataclass(frozen=True, slots=True)
class Item:
    """One question: `name` of its field, `picked` what is chosen already ({option place: rank} of an order, else places as keys)."""

    place: int
    kind: str
    topic: str
    text: str
    image: Any
    options: list[Option]
    picked: dict[str, str]

    @property
    def name(self) -> str:
        """Return the name of its field in the form."""
        return f"q{self.place}"

    @property
    def several(self) -> bool:
        """True when more than one option may be chosen."""
        return self.kind == QuestionKind.MULTIPLE

    @property
    def ordered(self) -> bool:
        """True when the options are to be put in order."""
        return self.kind == QuestionKind.ORDER


def pictures(questions: Iterable[Frozen]) -> dict[int, Any]:
    """Return {id: asset} of the pictures of questions and their options."""
    wanted = set[int]()
    for question in questions:
        wanted |= {number for number in (question.get("media_id"), *(option.get("media_id") for option in question["options"])) if number}
    return dict(media_assets(list(wanted))) if wanted else {}


def items(order: Sequence[Sequence[Any]], questions: Sequence[Frozen], typed: Typed) -> list[Item]:
    """Return the questions in their order, with what is chosen in `typed`, named as the form's fields."""
    by_id, images = {question["id"]: question for question in questions}, pictures(questions)
    return [
        _item(place, by_id[number], keys, images, typed) for place, (number, keys) in enumerate(order, start=1) if number in by_id
    ]


def _item(place: int, question: Frozen, keys: Sequence[str], images: Mapping[int, Any], typed: Typed) -> Item:
    options = {str(option["key"]): option for option in question["options"]}
    shown = [
        Option(spot, options[key]["text"], images.get(options[key].get("media_id") or 0))
        for spot, key in enumerate(keys, start=1) if key in options
    ]  # fmt: skip
    if question["kind"] == QuestionKind.ORDER:
        picked = {str(spot): rank[0] for spot in range(1, len(keys) + 1) if (rank := typed.get(f"q{place}-{spot}")) and rank[0]}
    else:
        picked = dict.fromkeys(typed.get(f"q{place}", ()), "1")
    image = images.get(question.get("media_id") or 0)
    return Item(place, question["kind"], question["topic"], question["text"], image, shown, picked)


def fields(order: Sequence[Sequence[Any]], questions: Sequence[Frozen], chosen: attempts.Chosen) -> dict[str, list[str]]:
    """Return what was chosen under the names of the form's fields: the opposite of `read`."""
    kinds, found = {question["id"]: question["kind"] for question in questions}, dict[str, list[str]]()
    for place, (number, keys) in enumerate(order, start=1):
        given = [key for key in chosen.get(str(number), ()) if key in keys]
        if kinds.get(number) == QuestionKind.ORDER:
            found |= {f"q{place}-{keys.index(key) + 1}": [str(rank)] for rank, key in enumerate(given, start=1)}
        else:
            found[f"q{place}"] = [str(keys.index(key) + 1) for key in given]
    return found


def read(order: Sequence[Sequence[Any]], questions: Sequence[Frozen], typed: Typed) -> dict[str, list[str]]:
    """Return {question id: [keys]} of what a form brought. An order counts once each option has a place of its own."""
    kinds, chosen = {question["id"]: question["kind"] for question in questions}, dict[str, list[str]]()
    for place, (number, keys) in enumerate(order, start=1):
        kind = kinds.get(number)
        if kind == QuestionKind.ORDER:
            given = _ranked(keys, [next(iter(typed.get(f"q{place}-{spot}", ())), "") for spot in range(1, len(keys) + 1)])
        else:
            given = _picked(keys, typed.get(f"q{place}", ()))
            given = given if kind == QuestionKind.MULTIPLE else given[:1]
        if given:
            chosen[str(number)] = given
    return chosen


def _picked(keys: Sequence[str], places: Sequence[str]) -> list[str]:
    spots = {int(place) for place in places if place.isascii() and place.isdecimal() and len(place) < 4}
    return [key for spot, key in enumerate(keys, start=1) if spot in spots]


def _ranked(keys: Sequence[str], ranks: Sequence[str]) -> list[str]:
    """Return the keys by rank, nothing while a rank is missing or given twice."""
    if sorted(ranks) != sorted(str(number) for number in range(1, len(keys) + 1)):
        return []
    return [key for _rank, key in sorted(zip(map(int, ranks), keys, strict=True))]
