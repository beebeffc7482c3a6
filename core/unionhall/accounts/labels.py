"""Words for roles and states of accounts."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from unionhall.hooks.types import Role
from unionhall.platform.access import rights

ROLES = {
    Role.CORRESPONDENT: _l("通讯员"),
    Role.EDITOR: _l("编辑"),
    Role.CHIEF_EDITOR: _l("总编辑"),
    Role.ORG_ADMIN: _l("组织管理员"),
    Role.CLERK: _l("店员／站长"),
    Role.AUDITOR: _l("审计员"),
    Role.SYSTEM_ADMIN: _l("系统管理员"),
}

STATES = {"enabled": (_l("启用"), "ok"), "waiting": (_l("未激活"), "warn"), "disabled": (_l("停用"), "bad")}
GRANT_STATES = {
    "held": (_l("有效"), "ok"), "later": (_l("未开始"), "info"), "over": (_l("已到期"), "plain"), "revoked": (_l("已收回"), "plain"),
}  # fmt: skip


def role_word(role: str) -> str:
    """Return what people call a role; one of a plugin that is not enabled is shown by its name."""
    if role in set(Role):
        return str(ROLES[Role(role)])
    kind = rights().added().get(role)
    return str(kind.label) if kind else role


_BROWSERS = (("MicroMessenger", "WeChat"), ("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrom", "Chrome"), ("CriOS", "Chrome"),
             ("FxiOS", "Firefox"), ("Safari", "Safari"))
_SYSTEMS = (("HarmonyOS", "HarmonyOS"), ("OpenHarmony", "HarmonyOS"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"),
            ("Windows", "Windows"), ("Mac OS", "macOS"), ("Linux", "Linux"))


def device(agent: str) -> str:
    """Return a browser and a system that a person recognises, from what the browser says of itself."""
    browser = next((name for mark, name in _BROWSERS if mark in agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    words = [_("微信") if browser == "WeChat" else browser, system]
    return " · ".join(word for word in words if word) or _("未知设备")
