"""What the desk's audit trail calls the acts of draws."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from unionhall.plugin import Text

WORDS: dict[str, Text] = {
    "draw_created": _l("写抽奖草稿"), "draw_changed": _l("改抽奖草稿"), "draw_discarded": _l("删抽奖草稿"),
    "draw_published": _l("公布抽奖"), "draw_public_said": _l("记录公开数"), "draw_public": _l("核对公开数"),
    "draw_opened": _l("抽奖开始"), "draw_closed": _l("抽奖截止，封存名单"), "draw_revealed": _l("公开密钥，开奖"),
    "draw_paused": _l("暂停抽奖"), "draw_resumed": _l("恢复抽奖"), "draw_compensated": _l("补抽奖机会"),
    "draw_void_asked": _l("申请作废抽奖"), "draw_void_refused": _l("不作废抽奖"), "draw_void": _l("作废抽奖"),
    "draw_forfeited": _l("奖品转给候补"),
}  # fmt: skip
OBJECTS: dict[str, Text] = {"draw": _l("抽奖")}
