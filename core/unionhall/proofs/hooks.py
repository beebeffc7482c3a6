"""Wiring of the proofs feature."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from unionhall.hooks.api import ApiResource
from unionhall.hooks.markers import hookimpl
from unionhall.hooks.people import NoticeKind, PersonalData
from unionhall.hooks.reporting import AuditWords
from unionhall.hooks.types import Actor, Area, NavItem, Permission, Role
from unionhall.members.queries import current_member
from unionhall.platform.access import can
from unionhall.proofs import desk, keeping, kinds, rest, services, site, telling, trail
from unionhall.proofs.queries import of_member


@hookimpl
def unionhall_permissions() -> Iterable[Permission]:
    """Who sees what was issued, and who revokes it unless a kind names somebody else."""
    return [
        Permission(kinds.READ, _l("看本组织及下级开出的证明"), (Role.ORG_ADMIN, Role.AUDITOR)),
        Permission(kinds.REVOKE, _l("撤销证明"), (Role.ORG_ADMIN,)),
    ]


@hookimpl
def unionhall_site_blueprints() -> Iterable[Blueprint]:
    """Checking, and one's own."""
    return [site.bp]


@hookimpl
def unionhall_desk_blueprints() -> Iterable[Blueprint]:
    """What was issued."""
    return [desk.bp]


@hookimpl
def unionhall_navigation(area: Area, actor: Actor) -> Iterable[NavItem]:
    """The list in the desk; the check page in the footer; one's own for who has any."""
    if area == "desk" and can(actor, kinds.READ):
        yield NavItem(_("证明"), url_for("proofs_desk.proofs"), "shield", 340, _("活动与会员"))
    if area == "footer":
        yield NavItem(_("核验证明"), url_for("proofs.verify"), "shield", 840, _("帮助"))
    if area == "my" and (member := current_member()) and of_member(member.id):
        yield NavItem(_("证明"), url_for("proofs.mine"), "shield", 360)


@hookimpl
def unionhall_api_resources() -> Iterable[ApiResource]:
    """Checking by program."""
    return [rest.RESOURCE]


@hookimpl
def unionhall_notice_kinds() -> Iterable[NoticeKind]:
    """A proof was revoked."""
    return [telling.REVOKED]


@hookimpl
def unionhall_personal_data() -> Iterable[PersonalData]:
    """Proofs about a person."""
    return [keeping.PERSONAL]


@hookimpl
def unionhall_org_merging(source_id: int, target_id: int) -> None:
    """Proofs go to the org that stays."""
    services.hand_over(source_id, target_id)


@hookimpl
def unionhall_audit_words() -> Iterable[AuditWords]:
    """Acts of proofs."""
    return [trail.WORDS]
