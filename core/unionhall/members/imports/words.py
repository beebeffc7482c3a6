"""Words for imports: states, outcomes, and what each problem of a line means."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from unionhall.members.imports.columns import LABELS
from unionhall.members.imports.models import ImportState, Outcome
from unionhall.members.roster_checks import PROBLEMS

STATES = {
    ImportState.WAITING: (_l("排队中"), ""), ImportState.RUNNING: (_l("进行中"), "info"), ImportState.COLUMNS: (_l("等你指出各列"), "warn"),
    ImportState.TRIED: (_l("等你确认"), "warn"), ImportState.DONE: (_l("已导入"), "ok"), ImportState.UNDONE: (_l("已撤销"), ""),
    ImportState.FAILED: (_l("没有成功"), "bad"), ImportState.CANCELLED: (_l("已取消"), ""),
}  # fmt: skip
OUTCOMES = {
    Outcome.INVALID: _l("有错"), Outcome.CONFLICT: _l("冲突"), Outcome.NEW: _l("新增"), Outcome.UPDATE: _l("更新"),
    Outcome.UNCHANGED: _l("不变"),
}  # fmt: skip


def told(code: str, detail: str = "") -> str:
    """Return what is to be said of a line, and what to do."""
    if code in PROBLEMS:
        return str(PROBLEMS[code])
    messages = {
        "twice": _l("同一个证件号还出现在第 %(x)s 行，内容不一样。请只留一行。", x=detail),
        "repeated": _l("和第 %(x)s 行完全一样，只算一次。", x=detail),
        "elsewhere": _l("这个证件号已经在其他组织的名册上。请用会籍转接，或者加入为第二工会。"),
        "other-name": _l("名册上这个证件号的姓名不一样。请核对证件；真的改了名，请在会员页面上改。"),
        "other-org": _l("已经在“%(x)s”的名册上。换了工会，请用会籍转接。", x=detail),
        "second-only": _l("主会籍在其他组织，资料由那里维护，没有改动。"),
        "rejoined": _l("以前退会或转出，这次重新入会。"),
        "mobile-shared": _l("还有别人用这个手机号。两个人都保留；查清以前，谁都不能凭这个号码激活。"),
        "org-outside": _l("“%(x)s”不是所选的组织，也不在它下面。", x=detail),
        "org-ambiguous": _l("叫“%(x)s”的组织不止一个。请写全称，或者写网址里的名字。", x=detail),
    }
    return str(messages.get(code, ""))


def column(field: str) -> str:
    """Return a field's name, "" for none."""
    return str(LABELS[field]) if field in LABELS else ""


def progress(state: str, step: str, done: int, total: int) -> str:
    """Return how far an import is, in words."""
    if state == ImportState.WAITING:
        return _("排队中，马上开始。")
    if not total:
        return _("正在读文件……")
    if step == "try":
        return _("正在核对：%(n)s%%", n=min(99, done * 100 // total))
    if step == "undo":
        return _("正在撤销：%(done)s 人", done=done)
    return _("正在导入：%(done)s / %(total)s 行，全部写完才生效。", done=done, total=total)
