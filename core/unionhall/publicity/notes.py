"""What people are told of notices: those who handle an objection, and who made it."""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _l

from unionhall.accounts.queries import holders
from unionhall.hooks.people import NoticeKind
from unionhall.notices.services import notify
from unionhall.publicity.models import Objection
from unionhall.publicity.queries import HANDLE

_SAMPLE = {"title": "困难帮扶拟发放名单"}
KINDS = (
    NoticeKind("publicity.objected", _l("公示收到异议"), {
        "zh_CN": ("公示收到异议：{title}", "“{title}”收到一份异议。答复之前公示不会结束，请尽快核查。"),
        "en": ("An objection to “{title}”",
               "Somebody objects to “{title}”. It does not end before the objection is answered; please look into it soon."),
    }, _SAMPLE),
    NoticeKind("publicity.answered", _l("我的异议有答复了"), {
        "zh_CN": ("你提的异议有答复了：{title}", "你对“{title}”提的异议已经核查，结果写在公示页上。"),
        "en": ("Your objection has been answered: {title}",
               "Your objection to “{title}” was looked into. The result is on the notice's page."),
    }, _SAMPLE),
)  # fmt: skip


def objected(row: Objection, *, now: datetime) -> None:
    """Tell those who handle it."""
    notice = row.notice
    accounts = holders(HANDLE, notice.org.path, now)
    url = f"/desk/publicity/{notice.id}/"
    notify("publicity.objected", accounts, {"title": notice.title}, key=f"objection-{row.id}", now=now, url=url, org_id=notice.org_id)


def answered(row: Objection, *, now: datetime) -> None:
    """Tell who objected, if they were logged in."""
    if row.account_id is not None:
        notice, key = row.notice, f"objection-{row.id}"
        notify("publicity.answered", [row.account_id], {"title": notice.title}, key=key, now=now, url=notice.url, org_id=notice.org_id)
