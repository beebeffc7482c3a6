"""What lies under a plugin's name outside its own tables, in figures: what purging it would remove."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select

from unionhall.accounts.models import AccountGrant
from unionhall.base import db
from unionhall.campaigns.models import Component
from unionhall.exports.models import Export
from unionhall.media.models import Use
from unionhall.notices.models import Delivery, Preference, Wording
from unionhall.platform.access import unscoped
from unionhall.platform.naming import of_plugin
from unionhall.platform.runs import JobRun
from unionhall.signups.models import Entry, Sheet
from unionhall.system import plugin_data
from unionhall.system.models import PluginChoice


def kept(name: str) -> list[tuple[str, int]]:
    """Return (what, how many) of everything that there is some of."""
    sheets = select(Sheet.id).where(of_plugin(Sheet.owner_kind, name))
    found = [
        (_("活动里的内容块"), _number(Component.id, of_plugin(Component.kind, name))),
        (_("报名表"), _number(Sheet.id, of_plugin(Sheet.owner_kind, name))),
        (_("报名表上的报名"), _number(Entry.id, Entry.sheet_id.in_(sheets))),
        (_("用到素材的地方（素材留下）"), _number(Use.object_id, of_plugin(Use.kind, name))),
        (_("授予的角色"), _number(AccountGrant.id, of_plugin(AccountGrant.role, name))),
        (_("改过的通知文字"), _number(Wording.id, of_plugin(Wording.kind, name))),
        (_("个人的通知选择"), _number(Preference.account_id, of_plugin(Preference.kind, name))),
        (_("等待和发过的通知记录（收件箱里的文字留下）"), _number(Delivery.id, of_plugin(Delivery.kind, name))),
        (_("导出的表格"), _number(Export.id, of_plugin(Export.source, name))),
        (_("任务的运行记录"), _number(JobRun.id, of_plugin(JobRun.name, name))),
        (_("设置"), _number(PluginChoice.id, PluginChoice.name == name)),
        (_("上传的文件"), len(plugin_data.stored_files(name))),
    ]
    return [(what, number) for what, number in found if number]


def _number(column: Any, condition: Any) -> int:
    asked = select(func.count(column)).where(condition)
    return db.session().scalar(unscoped(asked, why="purging a plugin")) or 0
