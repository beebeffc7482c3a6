"""What the worker does: one export after the other, the oldest first, under a lease that it renews.

A worker that is killed leaves a lease that ends by itself; the next one writes the file again from the start. What
somebody cancels, or another worker took over, leaves no file. A list with everything unmasked is read at once, in one unit
of work that also notes each look, so it is short (`writing.MOST_FULL`); any other one is only read, and holds nobody up.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

import structlog
from flask_babel import gettext as _
from sqlalchemy import select, update

from unionhall.accounts.models import Account
from unionhall.accounts.sessions import actor_of
from unionhall.base import clock, db
from unionhall.base.errors import NotAllowed, UnionHallError
from unionhall.exports import files, services, sources, writing
from unionhall.exports.models import Export, ExportState
from unionhall.hooks.reporting import ExportSource
from unionhall.hooks.types import Actor
from unionhall.platform import access, jobs, leases
from unionhall.platform.leases import Held, Interrupted, Lost

MOST_TRIES = 5
log = structlog.get_logger("unionhall.exports")


def work(_now: datetime) -> None:
    """Do what waits until nothing is left, or the worker is to stop (the job)."""
    while not jobs.asked_to_stop() and (held := take(clock.now())):
        run(held)


@dataclass(frozen=True)
class Plan:
    """What an export's row says, read once."""

    export: Export
    source: ExportSource
    actor: Actor
    filters: dict[str, str]


def take(now: datetime) -> Held | None:
    """Take the oldest export that waits, or whose worker is gone; None when there is none, or another worker was faster."""
    return leases.take(Export, now, rows=0)


def run(held: Held) -> None:
    """Write an export, or note why it could not be written."""
    try:
        with held.renewed():
            _go(held)
    except Lost:
        log.info("export was cancelled or taken over", export=held.id)
    except Interrupted:
        held.give_back()
    except UnionHallError as error:
        _fail(held, str(error))
    except Exception:
        log.exception("export failed", export=held.id)
        _fail(held, _("出了意外，没有写成。可以再导出一次，还不行请告诉管理员（编号 E-%(n)s）。", n=held.id))
    finally:
        db.session().rollback()


def _go(held: Held) -> None:
    now = clock.now()
    plan = _plan(held, now)
    export = plan.export
    sheet = writing.Sheet.of(export, plan.source.header(plan.filters), now)
    token, form, org_id = export.token, export.format, export.org_id
    rows = sources.rows(plan.source, export.org, plan.actor, plan.filters, full=export.full)
    if export.full:
        with db.unit_of_work():
            rows = iter(list(islice(rows, writing.MOST_FULL + 1)))
    part: Path | None = None
    try:
        number, size, part = sheet.write(rows, held.lease, lambda done: _tell(held, done))
        db.session().rollback()
        with db.unit_of_work():
            _finish(held, plan, org_id, number, size)
            part.replace(files.path(token, form))
    finally:
        if part is not None:
            part.unlink(missing_ok=True)


def _plan(held: Held, now: datetime) -> Plan:
    """Read what is to be done, and judge once more whether the one who asked may have it. Raises NotAllowed, NotFound."""
    export = db.session().scalars(access.unscoped(select(Export).where(Export.id == held.id), why="worker")).one()
    if export.tries > MOST_TRIES:
        raise NotAllowed(_("试了 %(n)s 次都没有做完，不再试了。请告诉管理员（编号 E-%(id)s）。", n=MOST_TRIES, id=held.id))
    account = db.session().scalars(access.unscoped(select(Account).where(Account.id == export.created_by), why="worker")).one()
    actor, source = actor_of(account, now), sources.named(export.source)
    try:
        if not account.enabled:
            raise NotAllowed()
        sources.require(source, export.org, actor)
        if export.full and not sources.may_have_full(source, export.org, actor):
            raise NotAllowed()
    except NotAllowed:
        raise NotAllowed(_("发起人已经没有导出这份清单的权限，没有写。")) from None
    return Plan(export, source, actor, services.filters_of(export))


def _finish(held: Held, plan: Plan, org_id: int, number: int, size: int) -> None:
    now = clock.now()
    values = {"state": ExportState.DONE.value, "finished_at": now, "expires_at": now + files.KEPT, "rows": number, "bytes": size}
    held.change(**values, lease="", leased_until=None, filters_sealed="")
    services.written(held.id, org_id, plan.source.name, number, actor=plan.actor, now=now)


def _fail(held: Held, why: str) -> None:
    now = clock.now()
    held.let_go(state=ExportState.FAILED.value, error=why, finished_at=now, expires_at=now, filters_sealed="")


def _tell(held: Held, done: int) -> None:
    """Note how far it is, beside the read that goes on. Raises Lost, Interrupted."""
    if db.write_beside(update(Export).where(held.mine).values(rows=done)) == 0:
        raise Lost
    if jobs.asked_to_stop():
        raise Interrupted
