"""What the chart of a fund says in words."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from unionhall.plugin import ChartBuckets

TITLES = {"day": _l("每天用掉的券"), "week": _l("每周用掉的券"), "month": _l("每月用掉的券")}


def told(used: ChartBuckets) -> str:
    """Return the chart as a sentence."""
    if used.unit == "day":
        return _("每天用掉的券，最多的一天 %(n)s 张", n=used.most)
    if used.unit == "week":
        return _("每周用掉的券，最多的一周 %(n)s 张", n=used.most)
    return _("每月用掉的券，最多的一个月 %(n)s 张", n=used.most)
