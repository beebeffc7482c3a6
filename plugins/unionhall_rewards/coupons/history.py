"""What happened to a coupon, from the ledger, the extensions, the requests about it, and what the parts above add."""

from __future__ import annotations

from flask_babel import gettext as _

from unionhall_rewards.coupons import labels, queries, seams
from unionhall_rewards.coupons.models import Coupon
from unionhall_rewards.coupons.seams import Step
from unionhall_rewards.fund.labels import yuan


def steps(coupon: Coupon) -> list[Step]:
    """Return the steps of a coupon's life, the first one first."""
    found = [Step(row.at, labels.MOVES[row.kind], yuan(row.fen)) for row in queries.movements_of(coupon)]
    for extension in queries.extensions_of(coupon):
        found.append(Step(extension.made_at, _("延长 %(n)s 天", n=extension.days), extension.reason))
    for row in queries.voidings_of(coupon.id):
        found.append(Step(row.asked_at, _("申请作废"), row.reason))
        if row.state == "refused" and row.decided_at:
            found.append(Step(row.decided_at, _("没有同意作废"), row.answer))
        if row.appealed_at:
            found.append(Step(row.appealed_at, _("本人申诉"), row.appeal))
        if row.appeal_answered_at:
            found.append(Step(row.appeal_answered_at, _("答复申诉"), row.appeal_answer))
    for ask in seams.STEPS:
        found += ask(coupon.id)
    return sorted(found, key=lambda step: step.at)
