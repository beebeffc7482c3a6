"""What the desk's audit trail calls the acts of chapters, and what they are done to."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from unionhall.plugin import AuditWords, Text
from unionhall_chapters.benefits import labels as benefits
from unionhall_chapters.joining import states

_JOINING: dict[str, Text] = {
    "prepared": _l("填写成立申请"), "applied": _l("申请成立协会"), "founding_approve": _l("批准成立协会"),
    "founding_return": _l("退回成立申请"), "founding_refuse": _l("不批准成立协会"), "appointed": _l("任命协会职务"),
    "stepped_down": _l("免去协会职务"), "joined": _l("加入协会"), "left": _l("退出协会"), "invited": _l("发出入会邀请"),
    "edited": _l("改协会主页"), "rules": _l("登记协会章程"), "decided": _l("答复入会申请"),
}  # fmt: skip
_ACTIVITIES: dict[str, Text] = {
    "activity_created": _l("新建协会活动"), "activity_changed": _l("改协会活动"), "activity_ended": _l("结束协会活动"),
    "partner_agreed": _l("同意合办活动"), "partner_declined": _l("不同意合办活动"), "day_cancelled": _l("取消一场活动"),
    "day_moved": _l("活动改期"), "day_told": _l("写活动小结"), "weekly_started": _l("开始每周参加"), "weekly_stopped": _l("不再每周参加"),
}  # fmt: skip
_EXERCISE: dict[str, Text] = {
    "course_kept": _l("保存工间操课程"), "exercise_team": _l("建工间操队"), "exercise_logged": _l("记工间操"),
    "coach_asked": _l("申请教练上门"), "coach_answered": _l("答复教练申请"), "coach_number_seen": _l("查看教练申请人的电话"),
}  # fmt: skip
_VOLUNTEERS: dict[str, Text] = {
    "team_founded": _l("建志愿队"), "team_changed": _l("改志愿队"), "team_asked": _l("申请进志愿队"), "team_in": _l("同意进志愿队"),
    "team_refused": _l("不同意进志愿队"), "team_left": _l("退出志愿队"), "team_leader": _l("设志愿队领队"),
    "shift_planned": _l("排志愿班次"), "shift_changed": _l("改志愿班次"), "shift_cancelled": _l("取消志愿班次"),
    "shift_settled": _l("结算班次工时"), "hours_reported": _l("补报工时"), "hours_approved": _l("确认工时"),
    "hours_refused": _l("不确认工时"), "hours_corrected": _l("更正工时"), "hours_added": _l("登记工时"),
    "no_show_excused": _l("免记缺席"), "swap_offered": _l("让出班次"), "swap_taken": _l("接手班次"), "swap_withdrawn": _l("撤回换班"),
    "volunteer_erased": _l("删除志愿者资料"),
}  # fmt: skip
_BENEFITS: dict[str, Text] = {
    "benefit_added": _l("新增福利项目"), "benefit_changed": _l("改福利项目"), "benefit_offered": _l("停办或恢复福利项目"),
    "claim_started": _l("开始填福利申请"), "claim_looked": _l("查看福利申请的材料"), "claim_handed_up": _l("福利申请交上级初审"),
    "claim_erased": _l("删除福利申请的个人信息"), "payment_drawn_up": _l("建福利发放单"), "payment_paid": _l("登记福利已发放"),
    **{f"claim_{act}": word for act, word in benefits.ACTS.items()},
    "claim_refuse_first": benefits.ACTS["refuse"], "claim_appeal_first": benefits.ACTS["appeal"],
}  # fmt: skip
_ALL = {**states.HISTORY, **_JOINING, **_ACTIVITIES, **_EXERCISE, **_VOLUNTEERS, **_BENEFITS}
_OBJECTS: dict[str, Text] = {
    "chapter": _l("协会"), "founding": _l("成立申请"), "application": _l("入会申请"), "member": _l("会员"), "activity": _l("协会活动"),
    "occurrence": _l("活动场次"), "course": _l("工间操课程"), "exercise_team": _l("工间操队"), "coach_visit": _l("教练上门"),
    "chapters_team": _l("志愿队"), "chapters_shift": _l("志愿班次"), "chapters_hours": _l("志愿工时"), "chapters_no_show": _l("缺席记录"),
    "chapters_swap": _l("换班"), "chapters_volunteer": _l("志愿者资料"), "benefit": _l("福利项目"), "claim": _l("福利申请"),
    "payment": _l("福利发放单"),
}  # fmt: skip
_STATES: dict[str, Text] = {state: word for state, (word, _tone) in benefits.STATES.items()}

WORDS = AuditWords({f"chapters.{act}": word for act, word in _ALL.items()}, _OBJECTS, _STATES)
