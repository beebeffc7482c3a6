"""Who may do what with funds, draws and coupons, at the org of a fund and below it. Money always takes two people."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from unionhall.plugin import Permission, Role, RoleKind

FINANCE, OPERATOR = "rewards.finance", "rewards.operator"
READ, DRAWS, COUPONS = "rewards.read", "rewards.draws", "rewards.coupons"
APPROVE, FUND, SETTLE, OFFERS = "rewards.approve", "rewards.fund", "rewards.settle", "rewards.offers"

ROLES = (
    RoleKind(FINANCE, _l("财务"), _l("批准经费、发券和作废，和门店结算"), brings=("desk.enter", "stations.read")),
    RoleKind(
        OPERATOR, _l("奖券经办人"), _l("设抽奖和券，申请经费和作废，和商户谈优惠"), brings=("desk.enter", "media.use", "stations.read")
    ),
)  # fmt: skip
PERMISSIONS = (
    Permission(READ, _l("看经费、抽奖、券和结算"), (Role.ORG_ADMIN, Role.AUDITOR, FINANCE, OPERATOR)),
    Permission(DRAWS, _l("设抽奖、公布、开奖"), (Role.ORG_ADMIN, OPERATOR)),
    Permission(COUPONS, _l("设券种，申请发券和作废"), (Role.ORG_ADMIN, OPERATOR)),
    Permission(FUND, _l("建经费，申请拨入"), (Role.ORG_ADMIN, OPERATOR)),
    Permission(APPROVE, _l("批准经费、发券和作废（不能批自己申请的）"), (Role.ORG_ADMIN, FINANCE)),
    Permission(SETTLE, _l("和门店结算"), (Role.ORG_ADMIN, FINANCE)),
    Permission(OFFERS, _l("商户优惠"), (Role.ORG_ADMIN, OPERATOR)),
)
