"""Words of notices."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from unionhall.publicity.models import Outcome, State

STATES = {
    State.OPEN: _l("公示中"), State.CLEAR: _l("公示结束，无异议或异议不成立"), State.UPHELD: _l("异议成立，已停止"),
    State.WITHDRAWN: _l("已撤回"),
}  # fmt: skip
SHORT = {State.OPEN: _l("公示中"), State.CLEAR: _l("已结束"), State.UPHELD: _l("异议成立"), State.WITHDRAWN: _l("已撤回")}
TONES = {State.OPEN: "info", State.CLEAR: "ok", State.UPHELD: "warn", State.WITHDRAWN: ""}
OUTCOMES = {Outcome.WAITING: _l("核查中"), Outcome.HELD: _l("成立"), Outcome.REJECTED: _l("不成立")}
OUTCOME_TONES = {Outcome.WAITING: "warn", Outcome.HELD: "bad", Outcome.REJECTED: "ok"}
