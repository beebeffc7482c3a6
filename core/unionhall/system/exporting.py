"""The audit trail as a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from unionhall.accounts.queries import names
from unionhall.hooks.reporting import Cell, ExportSource
from unionhall.hooks.types import Actor
from unionhall.system import queries
from unionhall.system.labels import act_words, extra_words, obj_words

PART = 1000


def _header(_filters: Mapping[str, str]) -> Sequence[str]:
    return [_("序号"), _("时间"), _("谁"), _("做了什么"), _("对象"), _("组织"), _("其他"), _("请求")]


def _rows(actor: Actor, scope: str, filters: Mapping[str, str]) -> Iterator[Sequence[Cell]]:
    wanted, before = queries.Wanted.from_query(filters), None
    while lines := queries.part(wanted, actor=actor, below=scope, before=before, limit=PART):
        people = names({line.actor_id for line in lines if line.actor_id})
        orgs = queries.org_names({line.org_id for line in lines if line.org_id})
        for line in lines:
            yield [
                line.n, line.at, people.get(line.actor_id or 0, ""), act_words(line.act), obj_words(line.obj),
                orgs.get(line.org_id or 0, ""), "；".join(extra_words(line.extra, line.act)), line.request,
            ]  # fmt: skip
        before = lines[-1].n


SOURCE = ExportSource("system.audit", _l("操作记录"), queries.AUDIT, _header, _rows)
