"""The list of accounts as a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from unionhall.accounts import queries
from unionhall.accounts.labels import STATES, role_word
from unionhall.base import clock
from unionhall.hooks.reporting import Cell, ExportSource
from unionhall.hooks.types import Actor

PART = 500


def _header(_filters: Mapping[str, str]) -> Sequence[str]:
    return [_("姓名"), _("登录名"), _("邮箱"), _("所属组织"), _("角色"), _("状态"), _("动态口令"), _("新建")]


def _rows(actor: Actor, scope: str, filters: Mapping[str, str]) -> Iterator[Sequence[Cell]]:
    now, after = clock.now(), 0
    search, state = filters.get("q", "").strip()[:60], filters.get("state", "")
    while found := queries.taken_along(actor=actor, search=search, state=state, below=scope, after=after, limit=PART):
        for account in found:
            held = "、".join(f"{role_word(grant.role)}（{grant.org.short_name}）" for grant in account.grants if grant.in_force(now))
            yield [
                account.name, account.login, account.email, account.org.name, held, str(STATES[account.state][0]),
                _("已绑定") if account.has_second_factor else "", account.created_at,
            ]  # fmt: skip
        after = found[-1].id


SOURCE = ExportSource("accounts.accounts", _l("账号清单"), queries.READ, _header, _rows)
