"""Who may do what with the roster."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from unionhall.hooks.types import Permission, Role

READ, MANAGE, IMPORT, UNMASK = "members.read", "members.manage", "members.import", "members.unmask"
PERMISSIONS = (
    Permission(READ, _l("看本组织及下级的会员名册（号码打码）"), (Role.ORG_ADMIN, Role.AUDITOR)),
    Permission(MANAGE, _l("管理本组织及下级的会员"), (Role.ORG_ADMIN,)),
    Permission(IMPORT, _l("用表格导入会员"), (Role.ORG_ADMIN,)),
    Permission(UNMASK, _l("写明理由后看会员的完整号码"), (Role.ORG_ADMIN,)),
)
