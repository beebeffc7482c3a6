"""Words for what the audit trail records; an act of a plugin is shown by its code."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

ACTS = {
    "accounts.login": _l("登录"), "accounts.login_failed": _l("登录没有成功"), "accounts.logout": _l("退出"),
    "accounts.second_factor_failed": _l("动态口令不对"), "accounts.second_factor_on": _l("绑定动态口令"),
    "accounts.second_factor_off": _l("解除动态口令"), "accounts.password_changed": _l("改密码"),
    "accounts.reset_asked": _l("申请重设密码"), "accounts.created": _l("新建账号"), "accounts.changed": _l("改账号资料"),
    "accounts.invited": _l("生成邀请链接"), "accounts.granted": _l("授权"), "accounts.revoked": _l("收回授权"),
    "accounts.disabled": _l("停用账号"), "accounts.enabled": _l("启用账号"), "accounts.sessions_ended": _l("结束会话"),
    "orgs.founded": _l("新建组织"), "orgs.renamed": _l("组织改名"), "orgs.updated": _l("改组织资料"), "orgs.moved": _l("移动组织"),
    "orgs.merged": _l("合并组织"), "orgs.closed": _l("关闭组织"), "orgs.reopened": _l("恢复组织"),
    "settings.changed": _l("改设置"), "site.demo_loaded": _l("装入演示内容"),
    "news.created": _l("写稿"), "news.saved": _l("保存稿件"), "news.submit": _l("送审"), "news.recall": _l("撤回送审"),
    "news.pass": _l("审核通过"), "news.return": _l("退回修改"), "news.schedule": _l("定时发布"), "news.unschedule": _l("取消定时"),
    "news.publish": _l("发布"), "news.correct": _l("发布更正"), "news.withdraw": _l("撤下"), "news.reinstate": _l("恢复发布"),
    "news.archive": _l("归档"), "news.section_saved": _l("改栏目"), "news.section_removed": _l("删栏目"),
    "media.uploaded": _l("上传图片"),
}  # fmt: skip


def act_words(act: str) -> str:
    """Return what an act is called."""
    return str(ACTS.get(act, act))
