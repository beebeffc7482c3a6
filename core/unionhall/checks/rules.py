"""A rule, what it finds, and who asks which rules: one mechanism for `check` and `doctor`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

import structlog
from flask_babel import gettext as _
from sqlalchemy.exc import SQLAlchemyError

from unionhall.hooks.types import Text
from unionhall.host import migrations

CHECK, DEPLOY, DOCTOR, DEEP = (frozenset({name}) for name in ("check", "deploy", "doctor", "deep"))
ALWAYS = CHECK | DOCTOR
log = structlog.get_logger("unionhall.checks")


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
    return [finding for rule in asked if (finding := _judged(rule)) is not None]


def _judged(rule: Rule) -> Finding | None:
    """Return what one rule finds; one that fails itself is a finding too, and keeps no other from speaking."""
    try:
        what = rule.seen()
    except Exception as error:
        log.exception("rule failed", rule=rule.id)
        return Finding(rule.id, "error", _("这一项没有查成：%(why)s", why=f"{type(error).__name__}: {error}"[:300]), _("看日志。"))
    return Finding(rule.id, rule.level, str(rule.problem) % {"what": what}, str(rule.remedy) % {"what": what}) if what else None


def waiting() -> str:
    """Return whose migrations have not been run; "" also while the database is away."""
    try:
        return ", ".join(item.owner for item in migrations.status() if not item.up_to_date and item.begun)
    except SQLAlchemyError:
        return ""


def _ready() -> bool:
    try:
        return all(item.up_to_date for item in migrations.status(migrations.CORE))
    except SQLAlchemyError:
        return False
