"""What may become of a membership, as a table: from which states, to which, and what must be said."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from unionhall.hooks.types import Text
from unionhall.members.models import OVER, Membership, Status

P, A, S, K, T, L = Status


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a membership, the button for it and what it means to the person; `primary_only` steps need the primary one."""

    name: str
    label: Text
    told: Text
    sources: frozenset[Status]
    target: Status
    primary_only: bool = False


STEPS = {
    step.name: step
    for step in (
        Step("confirm", _l("确认入会"), _l("资料核对无误，成为正式会员。"), frozenset({P}), A),
        Step("suspend", _l("中止"), _l("暂停会员的权利和福利，之后可以恢复。"), frozenset({A, K}), S),
        Step("resume", _l("恢复"), _l("重新成为正常的会员。"), frozenset({S, K}), A),
        Step("keep", _l("保留会籍"), _l("退休或失业的会员：会籍留着，会费、选举和福利先停。"), frozenset({A, S}), K, primary_only=True),
        Step("leave", _l("退会"), _l("会籍到此结束，经过留在档案里。"), frozenset({P, A, S, K}), L),
    )
}
HANDED_ON = frozenset({A, S, K})  # what a transfer may take along; it ends the membership as "transferred"
RANK = (A, K, P, S, T, L)  # which status counts for a person with several memberships: each person once


def open_steps(membership: Membership) -> list[Step]:
    """Return the steps that a membership may take now."""
    return [step for step in STEPS.values() if may(step, membership)]


def may(step: Step, membership: Membership) -> bool:
    """Say whether a membership may take a step now."""
    return Status(membership.status) in step.sources and (membership.is_primary or not step.primary_only)


__all__ = ["HANDED_ON", "OVER", "RANK", "STEPS", "Step", "may", "open_steps"]
