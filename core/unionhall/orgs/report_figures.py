"""The tree's figure in the leadership's report."""

from __future__ import annotations

from datetime import date

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from unionhall.base import clock, db
from unionhall.hooks.reporting import ReportFigure
from unionhall.orgs.models import Org, OrgChange, OrgStatus
from unionhall.platform.access import in_subtree


def _at_work(path: str, _since: date, until: date) -> int:
    """Count the orgs at work at the end of the period; one that was closed or merged since then still counts."""
    end = clock.first_moment(until)
    since_then = select(OrgChange.org_id).where(OrgChange.act.in_(["closed", "merged"]), OrgChange.at >= end)
    at_work = (Org.status == OrgStatus.ACTIVE) | Org.id.in_(since_then)
    return db.session().scalar(select(func.count(Org.id)).where(in_subtree(Org.path, path), Org.created_at < end, at_work)) or 0


def _url(_path: str, _since: date, _until: date) -> str:
    return url_for("orgs_desk.orgs")


FIGURES = (ReportFigure("orgs.orgs", _l("在运转的组织"), _l("组织和人员"), "items", _at_work, _url, standing=True, order=80),)
