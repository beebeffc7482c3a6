"""What `doctor --fix` mends; each thing is asked for first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask_babel import gettext as _

from unionhall.base import db
from unionhall.base.errors import RuleBroken
from unionhall.checks import files
from unionhall.platform import outbox_care


def mend(may: Callable[[str], bool], now: datetime) -> list[str]:
    """Mend what can be mended and `may` says yes to; returns what was done, in words."""
    return [*_orphans(may, now), *_parked(may, now)]


def _orphans(may: Callable[[str], bool], now: datetime) -> list[str]:
    number = len(files.compare(now).orphans)
    if not number or not may(_("有 %(number)s 个文件一天多没有人用。删除吗？", number=number)):
        return []
    try:
        return [_("删除了 %(number)s 个文件。", number=files.remove_orphans(now))]
    except RuleBroken as error:
        return [str(error)]


def _parked(may: Callable[[str], bool], now: datetime) -> list[str]:
    number = outbox_care.parked_count()
    if not number or not may(_("有 %(number)s 条消息不再投递。再投递一次吗？", number=number)):
        return []
    with db.unit_of_work():
        return [_("%(number)s 条消息会再投递。", number=outbox_care.retry(None, now=now))]
