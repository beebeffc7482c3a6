"""A rule, what it finds, and who asks which rules: one mechanism for `check` and `doctor`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from sqlalchemy.exc import SQLAlchemyError

from unionhall.hooks.types import Text
from unionhall.host import migrations

CHECK, DEPLOY, DOCTOR, DEEP = (frozenset({name}) for name in ("check", "deploy", "doctor", "deep"))
ALWAYS = CHECK | DOCTOR


@dataclass(frozen=True)
class Finding:
    """Something unsafe, unfinished or broken: what, and what to do."""

    id: str
    level: str
    problem: str
    remedy: str


@dataclass(frozen=True)
class Rule:
    """One line of the table: `seen` returns what is wrong ("" when nothing is), which `problem` may name as `what`.

    `when` says who asks: `check`, `check --deploy`, `doctor`, `doctor --deep`.
    """

    id: str
    level: Literal["error", "warning"]
    when: frozenset[str]
    needs_tables: bool
    seen: Callable[[], str]
    problem: Text
    remedy: Text


def judge(rules: Iterable[Rule], occasions: frozenset[str]) -> list[Finding]:
    """Return what the rules of these occasions find.

    While the database is away or migrations wait, rules that read tables stay silent: the ones about that speak.
    """
    ready = _ready()
    asked = [rule for rule in rules if rule.when & occasions and (ready or not rule.needs_tables)]
    return [
        Finding(rule.id, rule.level, str(rule.problem) % {"what": what}, str(rule.remedy) % {"what": what})
        for rule in asked
        if (what := rule.seen())
    ]


def waiting() -> str:
    """Return whose migrations have not been run; "" also while the database is away."""
    try:
        return ", ".join(item.owner for item in migrations.status() if not item.up_to_date)
    except SQLAlchemyError:
        return ""


def _ready() -> bool:
    try:
        return all(item.up_to_date for item in migrations.status())
    except SQLAlchemyError:
        return False
