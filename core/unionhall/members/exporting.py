"""The roster as a list to export: masked, or with full numbers for those who may, each person's look noted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from unionhall.base import clock
from unionhall.hooks.reporting import Cell, ExportSource
from unionhall.hooks.types import Actor
from unionhall.members import identity, looks, roster_queries
from unionhall.members.models import Membership
from unionhall.members.rights import READ
from unionhall.members.roster_labels import ID_KINDS, STATUSES
from unionhall.members.roster_queries import SORTS, TABS, Wanted
from unionhall.platform.access import require

FULL = "exports.full"


def header(_filters: Mapping[str, str]) -> Sequence[str]:
    """Return the columns' names."""
    return [
        _("姓名"), _("证件类型"), _("证件号码"), _("手机号"), _("所属工会"), _("会籍"), _("状态"),
        _("工作单位"), _("岗位"), _("入会日期"), _("激活"),
    ]  # fmt: skip


def rows(actor: Actor, scope: str, filters: Mapping[str, str]) -> Iterator[Sequence[Cell]]:
    """Yield a row for each person of the list. Raises NotAllowed when full numbers are asked by somebody who may not have them."""
    full = filters.get("full") == "1"
    if full:
        require(actor, FULL, scope)
    chosen = {name: filters[name] for name, values in _ALLOWED.items() if filters.get(name) in values}
    for places in roster_queries.each_membership(Wanted(scope, **chosen), actor):
        if full:
            looks.note([place.member_id for place in places], what="export", why=filters.get("purpose", "") or _("导出名单"),
                       actor=actor, org_id=_org_of(places), now=clock.now())  # fmt: skip
        yield from (_row(place, full=full) for place in places)


_ALLOWED: dict[str, Sequence[str]] = {"tab": TABS, "activated": ("yes", "no"), "kind": ("primary", "secondary"), "sort": tuple(SORTS)}


def _org_of(places: Sequence[Membership]) -> int | None:
    """Return the org under which looks are noted: the one they all belong to, else none."""
    found = {place.org_id for place in places}
    return next(iter(found)) if len(found) == 1 else None


def _row(place: Membership, *, full: bool) -> list[Cell]:
    person = place.member
    number = identity.open_id(person.id_sealed) if full else identity.masked_id(person.id_sealed)
    mobile = identity.open_mobile(person.mobile_sealed) if full else identity.masked_mobile(person.mobile_sealed)
    return [
        person.name, str(ID_KINDS[person.id_kind]), number, mobile, place.org.name, _("主会籍") if place.is_primary else _("第二工会"),
        str(STATUSES[place.status][0]), person.employer, person.job, place.joined_on, _("已激活") if person.activated else _("没有"),  # type: ignore[index]
    ]  # fmt: skip


SOURCE = ExportSource("members.roster", _l("会员名册"), READ, header, rows, personal=True, full=FULL)
