"""Where a station can go from where it is, who takes it there, and what it is told to mean."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from unionhall.plugin import Text
from unionhall_stations import rights
from unionhall_stations.models import Station, StationState

S = StationState


@dataclass(frozen=True, slots=True)
class Step:
    """A step: what its button says, what it means, from which states to which, whose it is, whether it needs a reason."""

    name: str
    label: Text
    told: Text
    before: tuple[StationState, ...]
    after: StationState
    right: str
    reason: bool = False
    until: bool = False
    danger: bool = False


STEPS: dict[str, Step] = {
    step.name: step
    for step in (
        Step("approve", _l("批准建站"), _l("批准以后可以开始建设。"), (S.PROPOSED,), S.APPROVED, rights.APPROVE),
        Step("fit", _l("开始建设"), _l("正在装修、配设备。读者还看不到。"), (S.APPROVED,), S.FITTING, rights.MANAGE),
        Step("open", _l("开放"), _l("驿站会出现在地图和列表里，按填好的时间开放。"), (S.APPROVED, S.FITTING), S.OPEN, rights.APPROVE),
        Step("pause", _l("暂停"), _l("读者马上会看到“暂停开放”和原因。填了恢复时间，到时自动恢复。"), (S.OPEN,), S.PAUSED, rights.MANAGE,
             reason=True, until=True),
        Step("resume", _l("恢复开放"), _l("驿站马上按平常的时间开放。"), (S.PAUSED,), S.OPEN, rights.MANAGE),
        Step("close", _l("撤站"), _l("主页会留着，写明已撤站；不再出现在列表和地图里。"), (S.OPEN, S.PAUSED), S.CLOSED, rights.APPROVE,
             reason=True, danger=True),
        Step("drop", _l("不建了"), _l("还没开放过的驿站，就此作罢；读者从没看到过它。"), (S.PROPOSED, S.APPROVED, S.FITTING), S.CLOSED,
             rights.APPROVE, reason=True, danger=True),
        Step("reopen", _l("重新开放"), _l("驿站会重新出现在地图和列表里。"), (S.CLOSED,), S.OPEN, rights.APPROVE, reason=True),
    )
}  # fmt: skip
HISTORY: dict[str, Text] = {"propose": _l("提出建站"), **{step.name: step.label for step in STEPS.values()}}


def open_steps(station: Station) -> list[Step]:
    """Return the steps that a station's state allows."""
    return [step for step in STEPS.values() if station.state in step.before]
