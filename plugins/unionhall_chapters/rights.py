"""Who may do what with chapters. Rights hold at the org of a chapter; founding, closing and paying are judged at the union above it."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from unionhall.plugin import Permission, Role, RoleKind

OFFICER, LEADER = "chapters.officer", "chapters.leader"
READ, MANAGE, FOUND, LEAD = "chapters.read", "chapters.manage", "chapters.found", "chapters.lead"
BENEFITS, CLAIMS, SETTLE = "chapters.benefits", "chapters.claims", "chapters.settle"

ROLES = (
    RoleKind(
        OFFICER, _l("协会负责人"), _l("管理一个协会：主页、会员、活动、志愿队、福利初审"),
        brings=("desk.enter", "media.use", "news.write", "signups.read", "signups.manage", "signups.check_in"),
    ),
    RoleKind(
        LEADER, _l("协会领队"), _l("带活动和志愿队：签到、确认工时"), brings=("desk.enter", "signups.read", "signups.check_in"),
    ),
)  # fmt: skip
PERMISSIONS = (
    Permission(READ, _l("看协会和会员名单（号码不显示）"), (Role.ORG_ADMIN, Role.AUDITOR, OFFICER, LEADER)),
    Permission(MANAGE, _l("管理协会主页、入会和任职"), (Role.ORG_ADMIN, OFFICER)),
    Permission(FOUND, _l("成立、停办和注销协会（在上级工会）"), (Role.ORG_ADMIN,)),
    Permission(LEAD, _l("组织协会活动和志愿服务"), (Role.ORG_ADMIN, OFFICER, LEADER)),
    Permission(BENEFITS, _l("维护福利项目"), (Role.ORG_ADMIN,)),
    Permission(CLAIMS, _l("初审福利申请"), (Role.ORG_ADMIN, OFFICER)),
    Permission(SETTLE, _l("复审、公示和发放福利（在上级工会）"), (Role.ORG_ADMIN,)),
)
