"""Reads of transfers: lists and reports, within the actor's rights."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, select

from unionhall.base import db
from unionhall.base.errors import NotFound
from unionhall.hooks.types import Actor
from unionhall.news import rights
from unionhall.news.transfers.models import Transfer, TransferLine
from unionhall.platform import access

PAGE, LARGEST_ID = 50, 2**31 - 1


def get(transfer_id: int, actor: Actor) -> Transfer:
    """Return a transfer of an org where the actor may import and export. Raises NotFound otherwise, as if it did not exist."""
    statement = select(Transfer).where(Transfer.id == min(transfer_id, LARGEST_ID))
    found: Transfer | None = db.session().scalar(access.scoped(statement, Transfer, actor, rights.TRANSFER))
    if found is None:
        raise NotFound()
    return found


def latest(actor: Actor, below: str, page: int) -> tuple[list[Transfer], int]:
    """Return one page of the transfers that the actor may see, newest first, and how many there are."""
    number = access.scoped(select(func.count(Transfer.id)), Transfer, actor, rights.TRANSFER, below)
    statement = access.scoped(select(Transfer), Transfer, actor, rights.TRANSFER, below)
    rows = db.session().scalars(statement.order_by(Transfer.id.desc()).limit(PAGE).offset((page - 1) * PAGE))
    return list(rows), db.session().scalar(number) or 0


def lines(transfer: Transfer, *kinds: str, page: int = 1) -> list[TransferLine]:
    """Return one page of a report's lines of these kinds."""
    wanted = select(TransferLine).where(TransferLine.transfer_id == transfer.id, TransferLine.kind.in_(kinds))
    return list(db.session().scalars(wanted.order_by(TransferLine.id).limit(PAGE).offset((page - 1) * PAGE)))


def every_line(transfer: Transfer) -> Iterator[TransferLine]:
    """Yield every line of a report, problems first."""
    for kind in ("problem", "created", "updated"):
        after = 0
        while rows := list(db.session().scalars(
            select(TransferLine).where(TransferLine.transfer_id == transfer.id, TransferLine.kind == kind, TransferLine.id > after)
            .order_by(TransferLine.id).limit(1000)
        )):  # fmt: skip
            yield from rows
            after = rows[-1].id
            db.session().expunge_all()
