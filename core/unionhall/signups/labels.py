"""Words for what sheets and entries are, and the chips that show them."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from unionhall.signups.models import Audience, Entry, SheetState, State, Unit

STATES = {
    State.GATHERING: _l("组队中"), State.PENDING: _l("待审核"), State.ACCEPTED: _l("已通过"), State.WAITING: _l("候补"),
    State.OFFERED: _l("待确认名额"), State.REFUSED: _l("未通过"), State.CANCELLED: _l("已取消"), State.LAPSED: _l("已过期"),
}  # fmt: skip
MINE = STATES | {
    State.ACCEPTED: _l("报名成功"),
    State.OFFERED: _l("有名额了，等你确认"),
    State.LAPSED: _l("没有按时确认"),
}
TONES = {
    State.GATHERING: "info", State.PENDING: "warn", State.ACCEPTED: "ok", State.WAITING: "info", State.OFFERED: "warn",
    State.REFUSED: "bad", State.CANCELLED: "", State.LAPSED: "",
}  # fmt: skip
SHEETS = {SheetState.HELD: _l("未公开"), SheetState.OPEN: _l("开放"), SheetState.PAUSED: _l("暂停"), SheetState.CLOSED: _l("已结束")}
UNITS = {Unit.MEMBER: _l("每人一份"), Unit.HOUSEHOLD: _l("每户一份"), Unit.TEAM: _l("按队报名")}
AUDIENCES = {
    Audience.MEMBERS: _l("已激活的会员"), Audience.SUBTREE: _l("某个组织及下级的会员"), Audience.ACCOUNT: _l("有账号的人"),
    Audience.PUBLIC: _l("所有人，不用登录"),
}  # fmt: skip


def state_word(entry: Entry, place: int | None = None) -> str:
    """Return where an entry stands, for the desk: "候补第 3"."""
    if entry.state == State.WAITING and place:
        return _("候补第 %(n)s", n=place)
    return str(STATES[State(entry.state)])
