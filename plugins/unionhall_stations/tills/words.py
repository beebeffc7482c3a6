"""What the audit trail calls the acts of this part, and what they are done to."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from unionhall.plugin import Text

WORDS: dict[str, Text] = {
    "store_added": _l("新增门店"), "store_changed": _l("改门店资料"), "store_ended": _l("终止门店协议"),
    "store_renewed": _l("恢复门店合作"), "account_seen": _l("查看门店收款账号"), "clerk_added": _l("新增店员"),
    "clerk_changed": _l("改店员资料"), "clerk_left": _l("店员离开"), "clerk_locked": _l("店员 PIN 锁定"),
    "pin_reset": _l("重设店员 PIN"), "pin_chosen": _l("店员设自己的 PIN"), "till_created": _l("新建收银台"),
    "till_code": _l("重发收银台登记码"), "till_enrolled": _l("登记收银台设备"), "till_revoked": _l("停用收银台"),
    "till_unlocked": _l("解除收银台暂停"), "posters_made": _l("生成驿站牌"),
}  # fmt: skip
OBJECTS: dict[str, Text] = {"store": _l("门店"), "clerk": _l("店员"), "till": _l("收银台"), "stations": _l("驿站")}
