"""What a member may ask of their own place in the roster; numbers are masked here as everywhere."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l

from unionhall.accounts import services as accounts
from unionhall.accounts import tokens
from unionhall.base import db
from unionhall.base.errors import NotFound
from unionhall.hooks.api import ApiCall, ApiModel, ApiOperation, ApiPage, ApiResource
from unionhall.hooks.people import Person
from unionhall.members import identity, privacy_acts, queries
from unionhall.members.models import Membership, Status


class MembershipOut(ApiModel):
    """That one belongs to a union."""

    org: str
    org_slug: str
    primary: bool
    status: Status
    joined_on: date


class MemberOut(ApiModel):
    """Oneself in the roster; of the document and the mobile number only the ends are shown."""

    id: int
    name: str
    id_number: str
    mobile: str
    activated: bool
    memberships: list[MembershipOut]


def member(call: ApiCall) -> MemberOut:
    """Return the member whose account the token acts for. Raises NotFound for an account that is no member's."""
    found = queries.of_account(call.actor.account_id or 0)
    if found is None:
        raise NotFound(code="no-member")
    rows = queries.current_memberships([found.id]).get(found.id, [])
    return MemberOut(
        id=found.id, name=found.name, id_number=identity.masked_id(found.id_sealed), mobile=identity.masked_mobile(found.mobile_sealed),
        activated=found.activated, memberships=[_membership(row) for row in rows],
    )  # fmt: skip


def _membership(row: Membership) -> MembershipOut:
    return MembershipOut(
        org=row.org.name, org_slug=row.org.slug, primary=row.is_primary, status=Status(row.status), joined_on=row.joined_on
    )  # fmt: skip


class HeldOut(ApiModel):
    """What one feature or plugin holds about oneself, under headings in the language of the request."""

    name: str
    label: str
    data: dict[str, Any]


def personal_data(call: ApiCall) -> ApiPage:
    """Return everything that is held about the person. Raises NotAllowed without a login within the last ten minutes."""
    account, bearer = accounts.by_id(call.actor.account_id or 0), call.bearer
    if account is None or bearer is None:
        raise NotFound()
    found = queries.of_account(account.id)
    person = Person(account.id, found.id if found else None)
    with db.unit_of_work():
        token = tokens.own(account.id, bearer.token_id, now=call.now)
        parts = privacy_acts.for_program(account, token, person, now=call.now)
    return ApiPage([
        HeldOut(name=part.name, label=part.label, data=json.loads(json.dumps(part.data, ensure_ascii=False, default=str)))
        for part in parts if part.data
    ])  # fmt: skip


RESOURCE = ApiResource("members", _l("会员"), (
    ApiOperation(
        "GET", "/me/member", "member_get", _l("我的会员资料和所在工会"), member, scope="me.read", answer=MemberOut,
        errors={404: ("no-member",)}, description=_l("证件号和手机号只给首尾几位。不是会员的账号得到 404，code 是 no-member。"),
    ),
    ApiOperation(
        "GET", "/me/personal-data", "personal_data_get", _l("网站保存的我的全部信息"), personal_data, scope="me.read", answer=HeldOut,
        listed=True, errors={403: ("proof-needed", "use-website"), 404: ("not-found",)},
        description=_l("只给刚登录（POST /api/v1/session）10 分钟内的令牌；会记进审计。自己建的令牌得到 use-website，请到网站下载。"),
    ),
))  # fmt: skip
