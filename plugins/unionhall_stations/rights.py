"""Who may do what with stations, at the org of a station or a store and below it."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from unionhall.plugin import Permission, Role, RoleKind

KEEPER = "stations.keeper"
READ, MANAGE, APPROVE = "stations.read", "stations.manage", "stations.approve"
STORES, INSPECT = "stations.stores", "stations.inspect"

ROLES = (
    RoleKind(
        KEEPER, _l("驿站管理员"), _l("管驿站的资料、开放时间、收银台和店员，做巡查，处理评价和报修"), brings=("desk.enter", "media.use"),
    ),
)  # fmt: skip
PERMISSIONS = (
    Permission(READ, _l("看驿站、门店、巡查和会员反馈"), (Role.ORG_ADMIN, Role.AUDITOR, KEEPER)),
    Permission(MANAGE, _l("管驿站的资料、服务和开放时间，处理评价和报修"), (Role.ORG_ADMIN, KEEPER)),
    Permission(APPROVE, _l("批准、开放和关闭驿站，维护服务目录"), (Role.ORG_ADMIN, Role.SYSTEM_ADMIN)),
    Permission(STORES, _l("管门店、店员和收银台"), (Role.ORG_ADMIN, KEEPER)),
    Permission(INSPECT, _l("巡查驿站"), (Role.ORG_ADMIN, KEEPER)),
)
