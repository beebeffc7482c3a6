"""Stores: made, changed, their account looked at, their agreement ended and renewed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import select, update

from unionhall.plugin import (
    SYSTEM,
    Actor,
    Conflict,
    Org,
    RuleBroken,
    clock,
    purge_pages,
    record_audit,
    require,
    seal,
    session,
    tidy,
    unit_of_work,
    unscoped,
    unseal,
    update_count,
)
from unionhall_stations import rights
from unionhall_stations.models import Clerk, Station, Store, Till, Turn
from unionhall_stations.tills import numbers, queries
from unionhall_stations.tills.seen import ACCOUNT

QUIET = {"synchronize_session": False}


@dataclass(frozen=True, slots=True)
class StoreFields:
    """A store as it is typed; an empty `account` leaves the one that is kept."""

    name: str
    starts_on: date
    ends_on: date | None = None
    legal_name: str = ""
    credit_code: str = ""
    contact: str = ""
    phone: str = ""
    agreement: str = ""
    payee_name: str = ""
    payee_bank: str = ""
    account: str = ""


def add(org: Org, fields: StoreFields, *, actor: Actor, now: datetime) -> Store:
    """Return a new store of an org. Raises NotAllowed, RuleBroken."""
    require(actor, rights.STORES, org)
    row = Store(org_id=org.id, created_at=now, updated_at=now, version=1, **_checked(fields, clock.local_day(now)))
    session().add(row)
    session().flush()
    record_audit("stations.store_added", f"store:{row.id}", actor=actor, now=now, org_id=org.id)
    return row


def change(store: Store, fields: StoreFields, *, version: int, actor: Actor, now: datetime) -> None:
    """Change a store. Raises NotAllowed, RuleBroken, Conflict when somebody changed it meanwhile or its agreement has ended."""
    require(actor, rights.STORES, store.org)
    values = _checked(fields, clock.local_day(now))
    moved = bool(fields.account) or (values["payee_name"], values["payee_bank"]) != (store.payee_name, store.payee_bank)
    same = update(Store).where(Store.id == store.id, Store.version == version, Store.ended_at.is_(None))
    if update_count(same.values(**values, version=version + 1, updated_at=now).execution_options(**QUIET)) != 1:
        raise Conflict(_("这家门店刚刚被别人改过，或者协议已经终止。请刷新再看，填的内容先复制下来。"))
    session().refresh(store)
    record_audit("stations.store_changed", f"store:{store.id}", actor=actor, now=now, org_id=store.org_id, payee=moved or None)


def _checked(fields: StoreFields, today: date) -> dict[str, object]:
    if not tidy(fields.name):
        raise RuleBroken(_("还没有填门店名称。"), field="name")
    if fields.ends_on and fields.ends_on < fields.starts_on:
        raise RuleBroken(_("协议到期日要不早于开始日。"), field="ends_on")
    if fields.ends_on and fields.ends_on < today:
        raise RuleBroken(_("到期日 %(day)s 已经过去了。要结束合作，请用门店页上的“终止协议”。", day=fields.ends_on), field="ends_on")
    code, account = numbers.plain(fields.credit_code), numbers.plain(fields.account)
    if code and not numbers.is_credit_code(code):
        raise RuleBroken(_("统一社会信用代码“%(code)s”不对：要 18 位，最后一位是校验码。请对照营业执照再看一遍。", code=code),
                         field="credit_code")  # fmt: skip
    if account and not numbers.is_account(account):
        raise RuleBroken(_("银行账号要 8 到 30 位数字，现在是 %(n)s 位。", n=len(account)), field="account")
    values: dict[str, object] = {
        name: tidy(getattr(fields, name))
        for name in ("name", "legal_name", "contact", "phone", "agreement", "payee_name", "payee_bank")
    }
    values |= {"credit_code": code, "starts_on": fields.starts_on, "ends_on": fields.ends_on}
    if account:
        values |= {"account_sealed": seal(ACCOUNT, account), "account_tail": account[-4:]}
    return values


def look(store: Store, reason: str, *, actor: Actor, now: datetime) -> str:
    """Return the whole account number; that somebody looked, and why, is kept. Raises NotAllowed, RuleBroken."""
    require(actor, rights.STORES, store.org)
    why = tidy(reason)[:200]
    if not why:
        raise RuleBroken(_("请写为什么要看，会留在操作记录里。"), field="reason")
    if not store.account_sealed:
        raise RuleBroken(_("这家门店还没有登记收款账号。"))
    record_audit("stations.account_seen", f"store:{store.id}", actor=actor, now=now, org_id=store.org_id, reason=why)
    return unseal(ACCOUNT, store.account_sealed)


def end(store: Store, reason: str, *, actor: Actor, now: datetime) -> None:
    """End an agreement today: clerks leave, tills stop at once, stations have no store. Raises NotAllowed, RuleBroken, Conflict."""
    require(actor, rights.STORES, store.org)
    why = tidy(reason)[:200]
    if not why:
        raise RuleBroken(_("请写终止的原因。"), field="reason")
    today = clock.local_day(now)
    _wind_up(store, max(today, store.starts_on), now)
    record_audit("stations.store_ended", f"store:{store.id}", actor=actor, now=now, org_id=store.org_id, reason=why)


def _wind_up(store: Store, last: date, now: datetime) -> None:
    there = update(Store).where(Store.id == store.id, Store.ended_at.is_(None))
    values = {"ended_at": now, "ends_on": last, "version": Store.version + 1, "updated_at": now}
    if update_count(there.values(**values).execution_options(**QUIET)) != 1:
        raise Conflict(_("这家门店的协议已经终止了。"))
    tills = select(Till.id).where(Till.store_id == store.id)
    session().execute(update(Turn).where(Turn.till_id.in_(tills), Turn.ended_at.is_(None)).values(ended_at=now).execution_options(**QUIET))
    gone = {"revoked_at": now, "token_hash": None, "code_hash": None, "code_until": None}
    session().execute(
        update(Till).where(Till.store_id == store.id, Till.revoked_at.is_(None)).values(**gone).execution_options(**QUIET)
    )
    left = update(Clerk).where(Clerk.store_id == store.id, Clerk.left_on.is_(None))
    session().execute(left.values(left_on=clock.local_day(now), pin_hash="", pin_until=None, updated_at=now).execution_options(**QUIET))
    for station in queries.stations(store.id):
        purge_pages(*tags(station.id))
    free = update(Station).where(Station.store_id == store.id).values(store_id=None, version=Station.version + 1, updated_at=now)
    session().execute(free.execution_options(**QUIET))
    session().expire_all()


def tags(station_id: int) -> tuple[str, ...]:
    """Return the tags of the pages that show a station."""
    return f"stations:station:{station_id}", "stations:lists"


def renew(store: Store, starts_on: date, ends_on: date | None, *, actor: Actor, now: datetime) -> None:
    """Begin a new agreement with a store whose last one ended; clerks, tills and stations are added anew.

    Raises NotAllowed, RuleBroken, Conflict.
    """
    require(actor, rights.STORES, store.org)
    if ends_on and ends_on < max(starts_on, clock.local_day(now)):
        raise RuleBroken(_("到期日要不早于开始日，也不能已经过去。"), field="ends_on")
    there = update(Store).where(Store.id == store.id, Store.ended_at.is_not(None))
    values = {"ended_at": None, "starts_on": starts_on, "ends_on": ends_on, "version": Store.version + 1, "updated_at": now}
    if update_count(there.values(**values).execution_options(**QUIET)) != 1:
        raise Conflict(_("这家门店的协议没有终止，不用恢复。"))
    session().refresh(store)
    record_audit("stations.store_renewed", f"store:{store.id}", actor=actor, now=now, org_id=store.org_id)


def end_due(now: datetime) -> int:
    """Wind up the agreements whose last day is over; returns how many. Each in a unit of work of its own."""
    over = select(Store.id).where(Store.ended_at.is_(None), Store.ends_on < clock.local_day(now)).order_by(Store.id)
    ids, ended = list(session().scalars(unscoped(over, why="job"))), 0
    for store_id in ids:
        with unit_of_work():
            store = queries.locked(store_id)
            if store.ended_at is None and store.ends_on and store.ends_on < clock.local_day(now):
                _wind_up(store, store.ends_on, now)
                record_audit("stations.store_ended", f"store:{store_id}", actor=SYSTEM, now=now, org_id=store.org_id)
                ended += 1
    return ended
