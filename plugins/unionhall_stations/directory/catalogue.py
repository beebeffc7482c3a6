"""Keeping the catalogue of services; it belongs to the whole site."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from unionhall.plugin import Actor, Conflict, RuleBroken, purge_pages, record_audit, require, session, slugify, tidy
from unionhall_stations import rights
from unionhall_stations.directory import pages, queries
from unionhall_stations.models import Service, StationService

SITE = "/"
ICONS = {
    "home": _l("房屋"), "water": _l("水滴"), "sun": _l("太阳"), "bolt": _l("闪电"), "people": _l("人"), "cross": _l("急救"),
    "wifi": _l("无线网"), "book": _l("书"), "shield": _l("盾牌"), "leaf": _l("叶子"), "scale": _l("天平"), "heart": _l("爱心"),
    "phone": _l("电话"), "clock": _l("时钟"), "chat": _l("对话"), "basket": _l("篮子"), "wrench": _l("扳手"), "hand": _l("手"),
    "star": _l("星星"), "gift": _l("礼物"), "ticket": _l("票券"), "headset": _l("耳机"), "print": _l("打印机"), "check": _l("对勾"),
}  # fmt: skip
MOST_CHECKS = 12


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of a service; each line of the checklist is asked at an inspection."""

    name: str
    name_en: str = ""
    icon: str = "check"
    summary: str = ""
    checklist: Sequence[str] = ()
    active: bool = True


def keep(service: Service | None, said: Said, *, actor: Actor, now: datetime) -> Service:
    """Change a service, or add one at the end. Raises NotAllowed, RuleBroken, Conflict for two added at once."""
    require(actor, rights.APPROVE, SITE)
    name = tidy(said.name)[:40]
    if not name:
        raise RuleBroken(_("请填写服务的名称。"), field="name")
    alike = session().scalar(select(Service.id).where(Service.name == name))
    if alike is not None and (service is None or alike != service.id):
        raise RuleBroken(_("已经有一项服务叫这个名字。"), field="name")
    lines = [line for text in said.checklist if (line := tidy(text)[:80])]
    if len(lines) > MOST_CHECKS:
        raise RuleBroken(_("检查的内容最多 %(n)s 条，现在是 %(m)s 条。", n=MOST_CHECKS, m=len(lines)), field="checklist")
    if service is None:
        service = _new(slugify(said.name_en or name)[:36] or "service")
    service.name, service.name_en, service.summary = name, tidy(said.name_en)[:80], tidy(said.summary)[:200]
    service.icon, service.checklist, service.active = said.icon if said.icon in ICONS else "check", lines, said.active
    try:
        with session().begin_nested():
            session().add(service)
    except IntegrityError:
        raise Conflict(_("刚刚有人加了同样的服务。请刷新后再看。")) from None
    record_audit("stations.service", f"station_service:{service.id}", actor=actor, now=now)
    purge_pages(pages.CATALOGUE)
    return service


def move(service: Service, up: bool, *, actor: Actor, now: datetime) -> None:
    """Move a service one place up or down; the first does not go up, nor the last down. Raises NotAllowed."""
    require(actor, rights.APPROVE, SITE)
    rows = queries.services(every=True)
    at = next(place for place, row in enumerate(rows) if row.id == service.id)
    other = at - 1 if up else at + 1
    if not 0 <= other < len(rows):
        return
    rows[at], rows[other] = rows[other], rows[at]
    for place, row in enumerate(rows, start=1):
        row.position = 10 * place
    session().flush()
    record_audit("stations.service_moved", f"station_service:{service.id}", actor=actor, now=now)
    purge_pages(pages.CATALOGUE)


def usage() -> dict[int, int]:
    """Return {service id: how many stations offer it}."""
    rows = session().execute(select(StationService.service_id, func.count()).group_by(StationService.service_id))
    return {row[0]: int(row[1]) for row in rows}


def _new(base: str) -> Service:
    taken = set(session().scalars(select(Service.key)))
    key = next(found for found in (base, *(f"{base}-{n}" for n in range(2, 1000))) if found not in taken)
    last = session().scalar(select(func.max(Service.position))) or 0
    return Service(key=key, position=last + 10)
