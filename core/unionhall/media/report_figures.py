"""The library's figures in the leadership's report."""

from __future__ import annotations

from datetime import date

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from unionhall.base import clock, db
from unionhall.hooks.reporting import ReportFigure
from unionhall.media.models import Asset
from unionhall.platform import access

GROUP = _l("素材")


def _added(path: str, since: date, until: date) -> int:
    start, end = clock.first_moment(since), clock.first_moment(until)
    return _count(path, Asset.created_at >= start, Asset.created_at < end)


def _kept(path: str, _since: date, until: date) -> int:
    return _count(path, Asset.created_at < clock.first_moment(until))


def _count(path: str, *conditions: object) -> int:
    statement = select(func.count(Asset.id)).where(access.within(Asset, [path]), *conditions)  # type: ignore[arg-type]
    return db.session().scalar(access.unscoped(statement, why="report")) or 0


def _url(_path: str, _since: date, _until: date) -> str:
    return url_for("media_desk.index")


FIGURES = (
    ReportFigure("media.added", _l("新上传的素材"), GROUP, "items", _added, _url, order=60),
    ReportFigure("media.assets", _l("素材库里的素材"), GROUP, "items", _kept, _url, standing=True, order=61),
)
