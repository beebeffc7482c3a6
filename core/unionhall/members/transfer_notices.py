"""Who hears of a transfer: the other side's administrators, and the member once it is done. No notice names a person."""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select

from unionhall.accounts.models import AccountGrant
from unionhall.base import db
from unionhall.hooks.people import NoticeKind
from unionhall.hooks.types import Role
from unionhall.members.models import MemberTransfer
from unionhall.notices.services import notify
from unionhall.orgs.models import Org

_NUMBER = {"number": "T-12"}
_ASKED_EN = "Transfer {number} was asked for by {org}. Open “Transfers” at the desk, check it, and accept it or say why not."
_REFUSED_EN = "Transfer {number}: the other union did not accept. The reason is at the desk, under “Transfers”."
_MOVED_EN = "Since {day} your membership has been with {org}. The whole story is on your own page. If in doubt, ask your new union."
_NOT_MOVED_EN = "{org} did not accept; your membership stays where it is. The reason is on “My memberships”; you may ask again."
KINDS = (
    NoticeKind("members.transfer_asked", _l("会籍转接：等答复"), {
        "zh_CN": ("有一份会籍转接等你答复", "会籍转接 {number}：{org}提出申请。请打开编务台的“会籍转接”，核对后同意或说明不同意的理由。"),
        "en": ("A transfer of membership waits for your answer", _ASKED_EN),
    }, _NUMBER | {"org": "青川区总工会"}),
    NoticeKind("members.transfer_accepted", _l("会籍转接：已同意"), {
        "zh_CN": ("会籍转接已办好", "会籍转接 {number}：对方工会已同意，会籍已经转好。"),
        "en": ("A transfer of membership is done", "Transfer {number}: the other union accepted, and the membership has moved."),
    }, _NUMBER),
    NoticeKind("members.transfer_refused", _l("会籍转接：没有同意"), {
        "zh_CN": ("会籍转接没有同意", "会籍转接 {number}：对方工会没有同意，理由写在编务台的“会籍转接”里。"),
        "en": ("A transfer of membership was refused", _REFUSED_EN),
    }, _NUMBER),
    NoticeKind("members.moved", _l("我的会籍转好了"), {
        "zh_CN": ("你的会籍已转到{org}", "从 {day} 起，你的会籍在{org}。经过都在“我的”页面里。如有疑问，请联系新的工会。"),
        "en": ("Your membership is now with {org}", _MOVED_EN),
    }, {"org": "青川区总工会", "day": "2026-05-14"}),
    NoticeKind("members.move_refused", _l("我申请的转接没有同意"), {
        "zh_CN": ("你申请的会籍转接没有同意", "你申请转到{org}，对方没有同意，会籍留在原处。理由在“我的会籍”里；改好以后可以再申请。"),
        "en": ("The transfer you asked for was refused", _NOT_MOVED_EN),
    }, {"org": "青川区总工会"}),
)  # fmt: skip


def asked(transfer: MemberTransfer, *, now: datetime) -> None:
    """Tell those who decide."""
    values = {"number": f"T-{transfer.id}", "org": transfer.asking_org.name}
    _notify("members.transfer_asked", managers(transfer.deciding_org, now), values, transfer, now)


def decided(transfer: MemberTransfer, state: str, *, now: datetime) -> None:
    """Tell those who asked, and the member when their membership moved."""
    _notify(f"members.transfer_{state}", managers(transfer.asking_org, now), {"number": f"T-{transfer.id}"}, transfer, now)
    if state == "accepted" and transfer.member.account_id is not None and transfer.effective_on is not None:
        told = {"org": transfer.to_org.name, "day": transfer.effective_on.isoformat()}
        key, to = f"transfer-{transfer.id}", transfer.to_org_id
        notify("members.moved", [transfer.member.account_id], told, key=key, now=now, url="/my/memberships/", org_id=to)
    if state == "refused" and transfer.asked_by is not None and transfer.asked_by == transfer.member.account_id:
        key, to, url = f"transfer-{transfer.id}", transfer.to_org_id, "/my/memberships/"
        notify("members.move_refused", [transfer.asked_by], {"org": transfer.to_org.name}, key=key, now=now, url=url, org_id=to)


def managers(org: Org, now: datetime) -> list[int]:
    """Return the accounts that look after an org's members: its own administrators, else those of the nearest org above."""
    chain = [int(part) for part in org.path.strip("/").split("/")]
    wanted = select(AccountGrant.org_id, AccountGrant.account_id).where(
        AccountGrant.org_id.in_(chain), AccountGrant.role == Role.ORG_ADMIN.value, AccountGrant.revoked_at.is_(None),
        AccountGrant.starts_at <= now, or_(AccountGrant.ends_at.is_(None), AccountGrant.ends_at > now),
    )  # fmt: skip
    held: dict[int, set[int]] = {}
    for org_id, account_id in db.session().execute(wanted):
        held.setdefault(org_id, set()).add(account_id)
    return next((sorted(held[org_id]) for org_id in reversed(chain) if org_id in held), [])


def _notify(kind: str, accounts: list[int], values: dict[str, str], transfer: MemberTransfer, now: datetime) -> None:
    url = f"/desk/members/transfers/{transfer.id}"
    notify(kind, accounts, values, key=f"transfer-{transfer.id}", now=now, url=url, org_id=transfer.to_org_id)
