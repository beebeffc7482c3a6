"""The proof of the accounts (W9): every part's checks, hourly; it is kept, and it shouts when something does not add up."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import delete

from unionhall.plugin import SYSTEM, accounts_with, clock, notify, record_audit, session, site_language, unit_of_work
from unionhall_rewards import rights
from unionhall_rewards.fund import checks, queries
from unionhall_rewards.settling import proofs
from unionhall_rewards.settling.models import Reconciliation

KEPT = timedelta(days=400)
MOST = 60


def prove(now: datetime) -> list[str]:
    """Return everything that does not add up, in sentences; nothing when all is well. Reads only."""
    found = []
    for check in checks.CHECKS:
        found += check(now)
    return found


def run(now: datetime) -> list[str]:
    """Job: prove, keep the answer, tell those who approve money when it is bad; opens its own unit of work. Returns the findings."""
    findings = _seen(now)
    with unit_of_work():
        session().add(Reconciliation(at=now, ok=not findings, findings=findings[:MOST]))
        session().execute(delete(Reconciliation).where(Reconciliation.at < now - KEPT, Reconciliation.ok))
        if findings:
            record_audit("rewards.reconciliation_failed", "rewards_accounts:1", actor=SYSTEM, now=now, number=len(findings))
            _shout(findings, now)
    return findings


def _seen(now: datetime) -> list[str]:
    """Prove on one state of the database, whatever is redeemed meanwhile, and hold nobody up."""
    session().rollback()
    if session().get_bind().dialect.name != "sqlite":  # there a reader sees one state anyway
        session().connection(execution_options={"isolation_level": "REPEATABLE READ"})
    try:
        with site_language():
            return prove(now)
    finally:
        session().rollback()


def _shout(findings: list[str], now: datetime) -> None:
    """Tell once a day of the same findings."""
    mark = hashlib.sha256("\n".join(findings).encode()).hexdigest()[:16]
    told = {number for path in _paths() for number in accounts_with(rights.APPROVE, path, now)}
    key = f"reconciliation-{clock.local_day(now)}-{mark}"
    notify("rewards.reconciliation_failed", sorted(told), {"number": str(len(findings)), "first": findings[0][:200]}, key=key, now=now,
           url="/desk/rewards/reconciliation/")  # fmt: skip


def _paths() -> set[str]:
    """Return the paths of the orgs that have funds."""
    return {fund.org.path for fund in queries.funds(SYSTEM, "")}


def summary(findings: list[str]) -> str:
    """Return the result in one sentence."""
    return _("对平了，没有差额。") if not findings else _("有 %(n)s 处对不上。", n=len(findings))


__all__ = ["proofs", "prove", "run", "summary"]
