"""A person's notices for programs: the list, and that they were read."""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _l
from pydantic import Field

from unionhall.base.errors import NotFound
from unionhall.hooks.api import ApiCall, ApiModel, ApiOperation, ApiPage, ApiResource
from unionhall.host.assets import absolute
from unionhall.notices import queries, services
from unionhall.notices.queries import Entry


class NoticesIn(ApiModel):
    """Which notices."""

    unread: bool = Field(False, description="true: only those not read")


class NoticeOut(ApiModel):
    """A notice in the language of the request; `url` leads to what it is about, empty when that is nothing."""

    id: int
    subject: str
    body: str
    url: str
    kind: str
    org_name: str
    at: datetime
    read: bool


class ReadOut(ApiModel):
    """How many notices were new."""

    read: int


def notices(call: ApiCall) -> ApiPage:
    """Return one's own notices, newest first."""
    given: NoticesIn = call.query
    before = int(call.after[0]) if call.after else None
    found = queries.older(_mine(call), before, call.limit + 1, only_unread=given.unread)
    shown = found[: call.limit]
    return ApiPage([_notice(entry) for entry in shown], [shown[-1].id] if len(found) > call.limit else None)


def read_one(call: ApiCall) -> NoticeOut:
    """Note that a notice was read. Raises NotFound for anybody else's."""
    notice = queries.one(call.path["id"], _mine(call))
    services.mark_read(notice, now=call.now)
    return _notice(queries.entry(notice))


def read_all(call: ApiCall) -> ReadOut:
    """Note that all were read."""
    return ReadOut(read=services.mark_all_read(_mine(call), now=call.now))


def _mine(call: ApiCall) -> int:
    if call.actor.account_id is None:
        raise NotFound()
    return call.actor.account_id


def _notice(entry: Entry) -> NoticeOut:
    return NoticeOut(
        id=entry.id, subject=entry.subject, body=entry.body, url=absolute(entry.url) if entry.url else "", kind=entry.label,
        org_name=entry.org, at=entry.at, read=entry.read,
    )  # fmt: skip


RESOURCE = ApiResource("notices", _l("通知"), (
    ApiOperation(
        "GET", "/me/notices", "notices_list", _l("我的通知，新的在前"), notices, scope="me.read", query=NoticesIn, answer=NoticeOut,
        paged=True, description=_l("有几条没读，见 /api/v1/me 的 counts.unread_notices。"),
    ),
    ApiOperation("POST", "/me/notices/{id:int}/read", "notices_read", _l("标为已读"), read_one, scope="me.write", answer=NoticeOut),
    ApiOperation("POST", "/me/notices/read", "notices_read_all", _l("全部标为已读"), read_all, scope="me.write", answer=ReadOut),
))  # fmt: skip
