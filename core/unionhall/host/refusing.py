"""What plugins refuse: each is asked by itself, and one that fails refuses, except what is needed to switch it off."""

from __future__ import annotations

from collections.abc import Callable

from unionhall.hooks.types import Actor
from unionhall.host.registry import PluginHost, call_one

HOOK = "unionhall_may"
NEVER = frozenset({"system.plugins", "system.switch_plugins"})
FAILING = NEVER | {"desk.enter"}


def judge(host: PluginHost) -> Callable[[Actor, str, str], bool]:
    """Return the question whether a feature or plugin refuses what a role would allow."""

    def refuse(actor: Actor, permission: str, org_path: str) -> bool:
        asked = {"actor": actor, "permission": permission, "org_path": org_path}
        for found, impl in host.implementations(HOOK):
            if found.core:
                if call_one(impl, asked) is False:
                    return True
            elif permission not in NEVER:
                answer, failed = host.isolated(found.name, HOOK, lambda impl=impl: call_one(impl, asked))  # type: ignore[misc]
                if answer is False or (failed and permission not in FAILING):
                    return True
        return False

    return refuse
