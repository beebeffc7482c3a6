"""The accounts' figure in the leadership's report."""

from __future__ import annotations

from datetime import date

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, or_, select

from unionhall.accounts.models import Account, AccountGrant
from unionhall.base import clock, db
from unionhall.hooks.reporting import ReportFigure
from unionhall.platform import access


def _staff(path: str, _since: date, until: date) -> int:
    """Count the accounts of orgs at or below this one that held a role at the end of the period."""
    end = clock.first_moment(until)
    held = select(AccountGrant.account_id).where(
        AccountGrant.starts_at < end, or_(AccountGrant.ends_at.is_(None), AccountGrant.ends_at >= end),
        or_(AccountGrant.revoked_at.is_(None), AccountGrant.revoked_at >= end),
    )  # fmt: skip
    enabled = or_(Account.disabled_at.is_(None), Account.disabled_at >= end)
    statement = select(func.count(Account.id)).where(access.within(Account, [path]), enabled, Account.id.in_(held))
    return db.session().scalar(access.unscoped(statement, why="report")) or 0


def _url(_path: str, _since: date, _until: date) -> str:
    return url_for("accounts_desk.accounts")


FIGURES = (ReportFigure("accounts.staff", _l("有工作权限的人员"), _l("组织和人员"), "people", _staff, _url, standing=True, order=81),)
