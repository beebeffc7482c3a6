"""Who may see, manage and check in what people signed up for."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from unionhall.hooks.types import Permission, Role
from unionhall.signups.queries import CHECK_IN, MANAGE, READ

_KEEPERS = (Role.EDITOR, Role.CHIEF_EDITOR, Role.ORG_ADMIN)
PERMISSIONS = (
    Permission(READ, _l("看本组织及下级的报名名单"), (*_KEEPERS, Role.AUDITOR)),
    Permission(MANAGE, _l("设置报名表、审核和取消报名"), _KEEPERS),
    Permission(CHECK_IN, _l("现场签到"), (*_KEEPERS, Role.CLERK)),
)
