"""What the chart of a round says in words."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from unionhall.plugin import ChartBuckets

TITLES = {"day": _l("每天的人次"), "week": _l("每周的人次"), "month": _l("每月的人次")}


def told(answered: ChartBuckets) -> str:
    """Return the chart as a sentence."""
    if answered.unit == "day":
        return _("每天的人次，最多的一天 %(n)s", n=answered.most)
    if answered.unit == "week":
        return _("每周的人次，最多的一周 %(n)s", n=answered.most)
    return _("每月的人次，最多的一个月 %(n)s", n=answered.most)
