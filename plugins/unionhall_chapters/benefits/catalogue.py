"""Keeping the catalogue: a new benefit, a new version of one, closing one."""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import update

from unionhall.plugin import (
    Actor,
    Conflict,
    Org,
    RuleBroken,
    purge_pages,
    record_audit,
    require,
    session,
    tidy,
    update_count,
)
from unionhall_chapters import rights
from unionhall_chapters.benefits.models import AmountRule, Benefit

TAG = "chapters:benefits"


@dataclass(frozen=True, slots=True)
class Terms:
    """What a version of a benefit says; amounts in fen."""

    category: str
    name: str
    amount_rule: str
    amount: int
    valid_from: date
    intro: str = ""
    payer: str = "chapter"
    fund: str = ""
    percent: int = 0
    papers: tuple[tuple[str, bool], ...] = ()
    window_days: int = 180
    waiting_months: int | None = None
    per_year: int | None = None
    per_year_fen: int | None = None
    audience: tuple[str, ...] = ("primary", "secondary", "retired")
    needs_income: bool = False
    publicity: bool = False
    supplement: bool = False
    valid_until: date | None = None


def add(org: Org, terms: Terms, *, actor: Actor, now: datetime) -> Benefit:
    """Offer a new benefit at and below an org. Raises RuleBroken."""
    require(actor, rights.BENEFITS, org)
    _check(terms)
    row = Benefit(org_id=org.id, org=org, series=secrets.token_hex(12), created_by=actor.account_id, created_at=now, **_columns(terms))
    return _stored(row, "chapters.benefit_added", actor, now)


def change(found: Benefit, terms: Terms, *, actor: Actor, now: datetime) -> Benefit:
    """Replace what a benefit says by a new version; claims that were made keep theirs. Raises RuleBroken, Conflict."""
    require(actor, rights.BENEFITS, found.org)
    _check(terms)
    present = update(Benefit).where(Benefit.id == found.id, Benefit.current)
    if not update_count(present.values(current=False).execution_options(synchronize_session=False)):
        raise Conflict(_("这一项刚刚有人改过，请打开新的版本再改。"))
    session().refresh(found)
    row = Benefit(
        org_id=found.org_id, org=found.org, series=found.series, number=found.number + 1, created_by=actor.account_id, created_at=now,
        **_columns(terms),
    )  # fmt: skip
    return _stored(row, "chapters.benefit_changed", actor, now)


def offer(found: Benefit, on: bool, *, actor: Actor, now: datetime) -> None:
    """Close a benefit, or offer it again; claims that are under way go on."""
    require(actor, rights.BENEFITS, found.org)
    present = update(Benefit).where(Benefit.id == found.id, Benefit.current, Benefit.offered != on)
    if not update_count(present.values(offered=on).execution_options(synchronize_session=False)):
        raise Conflict(_("这一项刚刚有人改过，请刷新看看。"))
    session().refresh(found)
    record_audit("chapters.benefit_offered", f"benefit:{found.id}", actor=actor, now=now, org_id=found.org_id, on=on)
    purge_pages(TAG)


def _stored(row: Benefit, act: str, actor: Actor, now: datetime) -> Benefit:
    session().add(row)
    session().flush()
    record_audit(act, f"benefit:{row.id}", actor=actor, now=now, org_id=row.org_id, series=row.series, number=row.number)
    purge_pages(TAG)
    return row


def _check(terms: Terms) -> None:
    if terms.amount <= 0:
        raise RuleBroken(_("金额要大于 0。"), field="amount")
    if terms.amount_rule == AmountRule.PERCENT and not 1 <= terms.percent <= 100:
        raise RuleBroken(_("按比例的，要写 1 到 100 之间的百分比。"), field="percent")
    if not terms.audience:
        raise RuleBroken(_("至少选一类会员。"), field="audience")
    if terms.valid_until and terms.valid_until < terms.valid_from:
        raise RuleBroken(_("截止日期不能早于开始日期。"), field="valid_until")


def _columns(terms: Terms) -> dict[str, Any]:
    values = asdict(terms)
    values["name"], values["fund"] = tidy(terms.name)[:80], tidy(terms.fund)[:80]
    values["intro"] = tidy(terms.intro, one_line=False)
    values["papers"] = [{"label": tidy(label)[:80], "required": needed} for label, needed in terms.papers if tidy(label)]
    values["audience"] = list(terms.audience)
    return values
