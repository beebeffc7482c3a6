"""What rules of spending say of a plan before it is published (features.md Q16): a pure function, nothing is read and nothing refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from unionhall_rewards.fund.labels import yuan

SHOW_AT_ONCE_FEN = 50_000
"""Instant prizes above 500 yuan are shown as they are won (SAMR order 32, art. 13)."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is about to be published: how many people may take part (None: unknown), how many can win, the most that one person can win
    in the whole activity (fen), what all prizes cost (fen), what is free in the fund (fen), whether the fund names its source, whether
    prizes are given at once.
    """

    participants: int | None
    winners: int
    most_fen_each: int
    total_fen: int
    free_fen: int
    source_code: str = ""
    instant: bool = False
    largest_fen: int = 0


@dataclass(frozen=True, slots=True)
class Limits:
    """The rules in force: share of participants that may win (percent), most value for a person in an activity (fen)."""

    winners_percent: int = 50
    person_fen: int = 50_000


@dataclass(frozen=True, slots=True)
class Warning:
    """One thing to look at: a code for programs, whether it speaks against publishing, and a sentence for people."""

    code: str
    grave: bool
    text: str


def warnings(plan: Plan, limits: Limits) -> Sequence[Warning]:
    """Return what the rules say against a plan, grave things first; nothing when it keeps to them."""
    told: list[Warning] = []
    if plan.total_fen > plan.free_fen:
        told.append(Warning("over-budget", True, _("奖品一共 %(total)s，经费可用只有 %(free)s。",
                                                   total=yuan(plan.total_fen), free=yuan(plan.free_fen))))  # fmt: skip
    if plan.most_fen_each > limits.person_fen:
        told.append(Warning("person", True, _("一个人在这次活动里最多能得 %(most)s，规定是不超过 %(limit)s。",
                                              most=yuan(plan.most_fen_each), limit=yuan(limits.person_fen))))  # fmt: skip
    if plan.participants and plan.winners * 100 > plan.participants * limits.winners_percent:
        told.append(Warning("share", True, _("能参加的约 %(people)s 人，可能有 %(winners)s 人中奖，超过规定的 %(percent)s%%。",
                                             people=plan.participants, winners=plan.winners, percent=limits.winners_percent)))  # fmt: skip
    if not plan.source_code.strip():
        told.append(Warning("source", False, _("这笔经费没有填来源科目，审计时会问到。")))
    if plan.instant and plan.largest_fen > SHOW_AT_ONCE_FEN:
        told.append(Warning("show-at-once", False, _("即开奖品超过 500 元的，要随开随公示。最大的一份是 %(value)s。",
                                                     value=yuan(plan.largest_fen))))  # fmt: skip
    return sorted(told, key=lambda one: not one.grave)
