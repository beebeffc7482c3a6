"""What a person is told of a claim, and who is told that one waits. No notice names an illness or an amount of money."""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _l

from unionhall.plugin import NoticeKind, accounts_with, notify
from unionhall_chapters import rights
from unionhall_chapters.benefits.models import Claim, State

_SAMPLE = {"number": "FL-000012", "benefit": "住院慰问金", "text": "请补一张出院小结。"}


def _kind(name: str, label: object, chinese: tuple[str, str], english: tuple[str, str]) -> NoticeKind:
    return NoticeKind(f"chapters.claim_{name}", label, {"zh_CN": chinese, "en": english}, _SAMPLE)  # type: ignore[arg-type]


KINDS = (
    _kind("submitted", _l("福利申请已收到"), ("申请收到了：{benefit}", "你的申请 {number} 收到了，正在等初审。每走一步都会告诉你。"),
          ("We have your claim: {benefit}", "Your claim {number} has arrived and waits for its first check. We tell you of every step.")),
    _kind("returned", _l("福利申请退回补材料"), ("请补材料：{benefit}", "申请 {number} 退回给你补充：{text} 改好后再提交，填过的都还在。"),
          ("Something is missing: {benefit}",
           "Claim {number} came back to you: {text} Mend it and send it again; all you wrote is still there.")),
    _kind("publicity", _l("福利申请开始公示"), ("开始公示：{benefit}", "申请 {number} 开始公示，姓名隐去了一部分。公示结束后复审。"),
          ("On public view: {benefit}", "Claim {number} is on public view with part of your name hidden. It is decided when that ends.")),
    _kind("approved", _l("福利申请通过"), ("申请通过了：{benefit}", "申请 {number} 通过了，会打到你填的账户，到账后再告诉你。"),
          ("Approved: {benefit}", "Claim {number} is approved and will be paid into the account you gave. We tell you when it is.")),
    _kind("refused", _l("福利申请未通过"),
          ("申请没有通过：{benefit}", "申请 {number} 没有通过。原因：{text} 不同意可以申诉一次，由另一个人复核。"),
          ("Not approved: {benefit}",
           "Claim {number} was not approved. The reason: {text} You may appeal once; another person will decide.")),
    _kind("covered", _l("同一件事由另一份申请处理"),
          ("同一件事已在办理：{benefit}", "申请 {number} 说的这件事，{text} 两份保障不会重复支付。"),
          ("Handled already: {benefit}", "What claim {number} is about: {text} Two covers do not pay for the same event.")),
    _kind("released", _l("福利申请恢复办理"), ("恢复办理：{benefit}", "另一份申请没有办成，申请 {number} 恢复办理，正在等初审。"),
          ("Going on: {benefit}", "The other claim came to nothing; claim {number} goes on and waits for its first check.")),
    _kind("paid", _l("福利已发放"), ("已发放：{benefit}", "申请 {number} 的款项已经发放，请留意到账。没有收到请联系工会。"),
          ("Paid: {benefit}", "Claim {number} has been paid. If nothing has arrived, please ask your union.")),
    _kind("waits", _l("有福利申请等你办"), ("有福利申请等你办：{number}", "申请 {number} 等你办理，请打开编务台的“福利申请”。"),
          ("A claim waits for you: {number}", "Claim {number} waits for you; open “Benefit claims” at the desk.")),
)  # fmt: skip


def tell(kind: str, claim: Claim, *, now: datetime, text: str = "") -> None:
    """Tell the person; who has no account is not told."""
    if claim.account_id is not None:
        values = {"number": claim.number, "benefit": claim.benefit.name, "text": text}
        key, url = f"claim-{claim.id}-{now.timestamp()}", f"/chapters/my/claims/{claim.id}/"
        notify(f"chapters.claim_{kind}", [claim.account_id], values, key=key, now=now, url=url, org_id=claim.org_id)


def waits(claim: Claim, *, now: datetime) -> None:
    """Tell those whose turn it is that a claim waits for a check."""
    if claim.state == State.SUBMITTED:
        accounts, org_id = accounts_with(rights.CLAIMS, claim.org.path, now), claim.org_id
    elif claim.state == State.CHECKED:
        accounts, org_id = accounts_with(rights.SETTLE, claim.settle_org.path, now), claim.settle_org_id
    else:
        return
    values, key = {"number": claim.number}, f"claim-{claim.id}-{claim.state}-{now.timestamp()}"
    told = [account for account in accounts if account != claim.account_id]
    notify("chapters.claim_waits", told, {**_SAMPLE, **values}, key=key, now=now, url=f"/desk/chapters/claims/{claim.id}/", org_id=org_id)
