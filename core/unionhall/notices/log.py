"""The delivery log, within the orgs whose people the reader looks after: who got what, who did not, and trying again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, func, select, update

from unionhall.accounts.models import Account
from unionhall.base import clock, db
from unionhall.base.errors import Conflict, NotFound
from unionhall.hooks.reporting import Cell
from unionhall.hooks.types import Actor, Text
from unionhall.notices import kinds
from unionhall.notices.models import Delivery, DeliveryState
from unionhall.orgs.models import Org
from unionhall.platform import access, audit, bell, channels

READ, RETRY, PAGE = "notices.read", "notices.retry", 50
MISSED = (DeliveryState.FAILED, DeliveryState.PARKED, DeliveryState.SKIPPED)
STATES: dict[str, Text] = {
    "waiting": _l("等待发送"), "sent": _l("已发出"), "failed": _l("没发成，还会再试"), "parked": _l("没发成，已停下"),
    "skipped": _l("没有发"),
}  # fmt: skip
REASONS: dict[str, Text] = {
    "quiet": _l("夜间免打扰，早上再发"), "digest": _l("并入每天一封的汇总"), "account": _l("账号已停用"), "unsubscribed": _l("本人退订"),
    "address": _l("没有登记地址或号码"), "error": _l("发送时出错"), "refused": _l("对方拒收"), "gone": _l("渠道或通知种类已停用"),
    "died": _l("发送时进程中断"),
}  # fmt: skip


@dataclass(frozen=True)
class Wanted:
    """What the log is narrowed to; `missed` leaves those who did not get it."""

    kind: str = ""
    state: str = ""
    channel: str = ""
    since: str = ""
    until: str = ""
    missed: str = ""

    @classmethod
    def from_query(cls, args: Mapping[str, str]) -> Wanted:
        """Read a query string; what cannot be read is left out."""
        plain = {name: args.get(name, "").strip()[:80] for name in ("kind", "channel")}
        days = {name: args.get(name, "") if _day(args.get(name, "")) else "" for name in ("since", "until")}
        state = args.get("state", "")
        return cls(state=state if state in STATES else "", missed="1" if args.get("missed") == "1" else "", **plain, **days)

    def filters(self) -> dict[str, str]:
        """Return what is filtered, as query parameters."""
        return {name: value for name, value in asdict(self).items() if value}


@dataclass(frozen=True)
class Line:
    """One delivery as the log shows it."""

    id: int
    at: datetime
    done_at: datetime | None
    due_at: datetime
    kind: str
    person: str
    org: str
    channel: str
    state: str
    reason: str
    address: str
    tries: int
    provider_id: str
    error: str


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2999 else None


def _statement(wanted: Wanted, actor: Actor, below: str | None) -> Select[Any]:
    columns = (
        Delivery.id, Delivery.created_at, Delivery.done_at, Delivery.due_at, Delivery.kind, Account.name, Org.short_name, Delivery.channel,
        Delivery.state, Delivery.reason, Delivery.address, Delivery.tries, Delivery.provider_id, Delivery.error,
    )  # fmt: skip
    joined: Select[Any] = select(*columns)  # type: ignore[assignment]  # more columns than its overloads name
    joined = joined.join(Account, Account.id == Delivery.account_id).join(Org, Org.id == Account.org_id).where(*_conditions(wanted))
    return access.scoped(joined, Account, actor, READ, below)


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    for column, value in ((Delivery.kind, wanted.kind), (Delivery.state, wanted.state), (Delivery.channel, wanted.channel)):
        if value:
            found.append(column == value)
    if wanted.missed:
        found.append(Delivery.state.in_(MISSED))
    if since := _day(wanted.since):
        found.append(Delivery.created_at >= _starts(since))
    if until := _day(wanted.until):
        found.append(Delivery.created_at < _starts(until + timedelta(days=1)))
    return found


def _starts(day: date) -> datetime:
    return clock.from_local(datetime.combine(day, datetime.min.time()))


def lines(wanted: Wanted, *, actor: Actor, below: str | None, page: int) -> tuple[list[Line], int]:
    """Return a page of the log, newest first, and how many deliveries match."""
    statement = _statement(wanted, actor, below)
    counted = access.unscoped(select(func.count()).select_from(statement.subquery()), why="counted")
    rows = statement.order_by(Delivery.id.desc()).limit(PAGE).offset((page - 1) * PAGE)
    return [Line(*row) for row in db.session().execute(rows)], db.session().scalar(counted) or 0


def kind_label(name: str) -> str:
    """Return what a kind is called, its name when nobody brings it any more."""
    kind = kinds.every().get(name)
    return str(kind.label) if kind else name


def channel_label(name: str) -> str:
    """Return what a channel is called, its name when nobody brings it any more."""
    channel = channels.every().get(name)
    return str(channel.label) if channel else name


def export_header(_filters: Mapping[str, str]) -> Sequence[str]:
    """Name the columns of the exported log."""
    first = [_("时间"), _("通知"), _("姓名"), _("组织"), _("渠道"), _("地址（遮住一部分）")]
    return [*first, _("结果"), _("原因"), _("试过次数"), _("完成时间")]


def export_rows(actor: Actor, scope: str, filters: Mapping[str, str]) -> Iterator[Sequence[Cell]]:
    """Yield the log's lines that the actor may see, newest first."""
    statement = _statement(Wanted.from_query(filters), actor, scope).order_by(Delivery.id.desc())
    for row in db.session().execute(statement.execution_options(yield_per=500)):
        line = Line(*row)
        reason = str(REASONS.get(line.reason, line.reason))
        yield [
            line.at, kind_label(line.kind), line.person, line.org, channel_label(line.channel), line.address,
            str(STATES[line.state]), reason, line.tries, line.done_at,
        ]  # fmt: skip


def retry(delivery_id: int, *, actor: Actor, now: datetime) -> None:
    """Send once more what was not sent, as if it were new.

    Raises NotFound outside the actor's orgs, Conflict for what was sent meanwhile or waits to be sent anyway.
    """
    statement = select(Account.org_id).join(Delivery, Delivery.account_id == Account.id).where(Delivery.id == delivery_id)
    org_id = db.session().scalar(access.scoped(statement, Account, actor, RETRY))
    if org_id is None:
        raise NotFound()
    anew = {"state": DeliveryState.WAITING, "reason": "", "error": "", "tries": 0, "due_at": now, "done_at": None, "digest_day": None}
    free = Delivery.state.in_(MISSED) & (Delivery.leased_until.is_(None) | (Delivery.leased_until <= now))
    if not db.update_count(update(Delivery).where(Delivery.id == delivery_id, free).values(**anew)):
        raise Conflict(_("这一条已经发出，或者正在等待发送，不用重发。"))
    audit.record("notices.retried", f"delivery:{delivery_id}", actor=actor, now=now, org_id=org_id)
    bell.ring_after_commit(bell.JOBS)
