"""Words for what the audit trail records; other features and plugins bring their own, an act without words is shown by its code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import g
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from unionhall.accounts.labels import role_word
from unionhall.base.text import excerpt
from unionhall.hooks.reporting import AuditWords
from unionhall.host.registry import collect
from unionhall.media.labels import ACTS as MEDIA_ACTS
from unionhall.news.labels import STATES
from unionhall.settings.forms import SettingsForm

LONGEST_TOLD = 120
ACTS = {
    "accounts.login": _l("登录"), "accounts.login_failed": _l("登录没有成功"), "accounts.logout": _l("退出"),
    "accounts.second_factor_failed": _l("动态口令不对"), "accounts.second_factor_on": _l("绑定动态口令"),
    "accounts.second_factor_off": _l("解除动态口令"), "accounts.password_changed": _l("改密码"),
    "accounts.reset_asked": _l("申请重设密码"), "accounts.created": _l("新建账号"), "accounts.changed": _l("改账号资料"),
    "accounts.invited": _l("生成邀请链接"), "accounts.granted": _l("授权"), "accounts.revoked": _l("收回授权"),
    "accounts.disabled": _l("停用账号"), "accounts.enabled": _l("启用账号"), "accounts.sessions_ended": _l("结束会话"),
    "accounts.token_issued": _l("发出接口令牌"), "accounts.token_revoked": _l("收回接口令牌"),
    "accounts.token_renamed": _l("改接口令牌的名称"),
    "orgs.founded": _l("新建组织"), "orgs.renamed": _l("组织改名"), "orgs.updated": _l("改组织资料"), "orgs.moved": _l("移动组织"),
    "orgs.merged": _l("合并组织"), "orgs.absorbed": _l("接收合并"), "orgs.closed": _l("关闭组织"), "orgs.reopened": _l("恢复组织"),
    "settings.changed": _l("改设置"), "system.plugin_settings_changed": _l("改插件的设置"), "site.demo_loaded": _l("装入演示内容"),
    "news.created": _l("写稿"), "news.saved": _l("保存稿件"), "news.submit": _l("送审"), "news.recall": _l("撤回送审"),
    "news.pass": _l("审核通过"), "news.return": _l("退回修改"), "news.schedule": _l("定时发布"), "news.unschedule": _l("取消定时"),
    "news.publish": _l("发布"), "news.correct": _l("发布更正"), "news.withdraw": _l("撤下"), "news.reinstate": _l("恢复发布"),
    "news.archive": _l("归档"), "news.section_saved": _l("改栏目"), "news.section_removed": _l("删栏目"),
    "news.featured": _l("首页推荐"), "news.refiled": _l("换栏目"), "news.imported": _l("导入稿件"),
    "news.flags_dismissed": _l("确认导入提示"), "system.job_asked": _l("现在运行任务"),
    "system.message_retried": _l("重试投递"), "system.message_given_up": _l("丢弃没投递成的消息"), **MEDIA_ACTS,
    "themes.chosen": _l("换主题"), "terminals.added": _l("新增终端"), "terminals.code_renewed": _l("重发终端的登记码"),
    "terminals.enrolled": _l("登记终端"), "terminals.revoked": _l("停用终端"),
    "notices.wording_changed": _l("改通知文字"), "notices.wording_reset": _l("恢复通知原文"),
    "notices.channels_changed": _l("改通知渠道"), "notices.retried": _l("重发通知"),
    "exports.asked": _l("导出清单"), "exports.written": _l("生成导出的表格"), "exports.cancelled": _l("取消导出"),
    "exports.collected": _l("下载导出的表格"), "backup.made": _l("备份"), "backup.restored": _l("从备份恢复"),
    "system.plugin_enabled": _l("启用插件"), "system.plugin_disabled": _l("停用插件"), "system.plugins_placed": _l("调整插件顺序"),
    "system.plugin_exported": _l("导出插件的数据"), "system.plugin_purged": _l("清除插件的数据"),
    "system.plugin_released": _l("解除插件隔离"), "system.plugin_quarantined": _l("隔离插件"),
    "system.plugin_migrated": _l("执行插件的迁移"),
    "system.plugin_migration_failed": _l("插件的迁移没有成功"), "system.head_published": _l("公布操作记录的链尾"),
}  # fmt: skip
OBJECTS = {
    "account": _l("账号"), "org": _l("组织"), "article": _l("稿件"), "section": _l("栏目"), "image": _l("图片"),
    "asset": _l("素材"), "folder": _l("文件夹"), "settings": _l("设置"), "site": _l("网站"), "job": _l("任务"), "message": _l("消息"),
    "outbox": _l("全部搁置的消息"), "notice_kind": _l("通知种类"), "delivery": _l("通知发送"), "export": _l("导出"),
    "plugin": _l("插件"), "plugins": _l("全部插件"),
    "theme": _l("主题"), "terminal": _l("终端"), "day": _l("日期"),
}  # fmt: skip
ASPECTS = {
    "role": _l("角色"), "keys": _l("项目"), "strong": _l("动态口令"), "revision": _l("版本"), "section": _l("栏目"),
    "slug": _l("网址"), "steps": _l("步数"), "count": _l("数量"), "source": _l("来源"), "bytes": _l("字节"),
    "lead": _l("头条"), "pinned": _l("置顶"), "created": _l("新建"), "skipped": _l("跳过"), "topic": _l("内容"),
    "file": _l("文件"), "sha256": _l("校验和"), "with_keys": _l("含密钥"), "made_at": _l("备份时间"), "plugin": _l("插件"),
    "channel": _l("渠道"), "locale": _l("语言"), "subject": _l("标题"), "body": _l("内容"),
    "version": _l("版本"), "order": _l("顺序"),
    "format": _l("格式"), "full": _l("完整号码"), "filters": _l("筛选"), "purpose": _l("用途"), "before": _l("原来"),
    "number": _l("条数"), "hash": _l("校验和"),
}  # fmt: skip
TOPICS = {"mail": _l("邮件"), "event": _l("通知插件的事件"), "search": _l("搜索索引")}


def topic_words(topic: str) -> str:
    """Return what a message in the outbox is for."""
    return str(TOPICS.get(topic, topic))


def act_words(act: str) -> str:
    """Return what an act is called."""
    return str(ACTS.get(act) or _brought().acts.get(act, act))


def obj_words(obj: str) -> str:
    """Return what an object is called: "稿件 12" for "article:12"."""
    kind, _colon, number = obj.partition(":")
    return f"{OBJECTS.get(kind) or _brought().objects.get(kind, kind)} {number}".strip()


def _brought() -> AuditWords:
    """Return the words of other features and plugins, collected once in a request; states are judged by the act."""
    if "audit_words" not in g:
        found: list[AuditWords] = collect("unionhall_audit_words")
        acts = {name: word for words in found for name, word in words.acts.items()}
        g.audit_states = {name: words.states for words in found for name in words.acts}
        g.audit_words = AuditWords(acts, {name: word for words in found for name, word in words.objects.items()})
    kept: AuditWords = g.audit_words
    return kept


def extra_words(extra: Mapping[str, Any], act: str = "") -> list[str]:
    """Return what else a line says: "角色：编辑", "状态：草稿 → 待审"."""
    rest, phrases = dict(extra), []
    if "before" in rest and "after" in rest:
        states = [_state(rest.pop(name), act) for name in ("before", "after")]
        phrases.append(_("%(aspect)s：%(values)s", aspect=_("状态"), values=" → ".join(states)))
    phrases += [_("%(aspect)s：%(values)s", aspect=ASPECTS.get(name, name), values=_told(name, value)) for name, value in rest.items()]
    return phrases


def _state(value: Any, act: str) -> str:
    """Return a state in the words of the act's own feature, else of news, else as it was noted."""
    own = g.audit_states.get(act, {}) if _brought().acts else {}
    return str(own.get(value) or STATES.get(value, value))


def _told(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return _("有") if value else _("无")
    if isinstance(value, list):
        return "、".join(_setting(item) if name == "keys" else str(item) for item in value)
    return role_word(str(value)) if name == "role" else excerpt(str(value), LONGEST_TOLD)


def _setting(key: str) -> str:
    """Return a setting's label, as its form has it."""
    field = getattr(SettingsForm, key, None)
    return str(field.args[0]) if field is not None else key
