"""One's own coupons for programs. A list never holds a code: that is shown on the coupon's page alone."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from unionhall.plugin import (
    Actor,
    ApiCall,
    ApiId,
    ApiModel,
    ApiMoment,
    ApiOperation,
    ApiPage,
    ApiResource,
    ApiScope,
    NotFound,
    absolute,
    clock,
    current_member,
    session,
    unscoped,
)
from unionhall_rewards.coupons import labels, queries, shown
from unionhall_rewards.coupons.models import Coupon

SCOPE = "rewards.coupons"


class CouponOut(ApiModel):
    """One of one's coupons. `state` is ready, later, held, used, expired or voided; amounts are in fen."""

    id: ApiId
    name: str
    form: str
    face_fen: int
    min_spend_fen: int
    percent: int
    rule: str
    state: str
    valid_from: ApiMoment
    valid_to: ApiMoment
    url: str


def coupons(call: ApiCall) -> ApiPage:
    """Return one's coupons, the newest first. Raises NotFound for an account that is no member's."""
    wanted = select(Coupon).where(Coupon.member_id == _member(call))
    if call.after:
        wanted = wanted.where(Coupon.id < int(call.after[0]))
    rows = list(session().scalars(unscoped(wanted.order_by(Coupon.id.desc()).limit(call.limit + 1), why="oneself")).unique())
    found = rows[: call.limit]
    return ApiPage([_out(row, call) for row in found], [found[-1].id] if len(rows) > call.limit else None)


def one(call: ApiCall) -> CouponOut:
    """Return one of one's coupons. Raises NotFound for anybody else's."""
    return _out(queries.mine(int(call.path["id"]), _member(call)), call)


def counts(actor: Actor) -> Iterator[tuple[str, int]]:
    """Yield how many coupons one can use."""
    member = current_member()
    if member is not None and actor.known:
        yield "rewards_coupons", queries.usable_number(member.id, clock.now())


def _member(call: ApiCall) -> int:
    member = current_member() if call.actor.known else None
    if member is None:
        raise NotFound(code="no-member")
    return member.id


def _out(row: Coupon, call: ApiCall) -> CouponOut:
    kind = row.kind
    return CouponOut(
        id=row.id, name=labels.name(kind), form=kind.form, face_fen=row.face_fen, min_spend_fen=kind.min_spend_fen, percent=kind.percent,
        rule=labels.value_words(kind), state=shown.state_of(row, call.now), valid_from=clock.local(row.valid_from),
        valid_to=clock.local(row.valid_to), url=absolute(f"/rewards/coupons/{row.id}/"),
    )  # fmt: skip


RESOURCE = ApiResource("rewards_coupons", _l("消费券"), (
    ApiOperation("GET", "/coupons", "rewards_coupons_list", _l("我的消费券，新的在前"), coupons, scope=SCOPE, answer=CouponOut,
                 paged=True, most=50),
    ApiOperation("GET", "/coupons/{id:int}", "rewards_coupons_get", _l("我的一张消费券"), one, scope=SCOPE, answer=CouponOut),
), scopes=(ApiScope(SCOPE, _l("看我的消费券")),))  # fmt: skip
