"""Words for roles and states of accounts."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from unionhall.hooks.types import Role

ROLES = {
    Role.CORRESPONDENT: _l("通讯员"),
    Role.EDITOR: _l("编辑"),
    Role.CHIEF_EDITOR: _l("总编辑"),
    Role.ORG_ADMIN: _l("组织管理员"),
    Role.AUDITOR: _l("审计员"),
    Role.SYSTEM_ADMIN: _l("系统管理员"),
}
