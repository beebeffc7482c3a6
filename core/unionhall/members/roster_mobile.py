"""The roster's mobile number of a member follows the one that they proved."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update

from unionhall.accounts.models import Account
from unionhall.accounts.services import actor_self
from unionhall.base import db
from unionhall.members import identity
from unionhall.members.models import Member
from unionhall.platform import audit


def follow(account: Account, mobile: str, *, now: datetime) -> None:
    """Store the folded number that an account's holder has just proved with the member whose account it is, if any."""
    own = update(Member).where(Member.account_id == account.id)
    values = {"mobile_sealed": identity.seal_mobile(mobile), "mobile_hash": identity.mobile_hash(mobile), "updated_at": now}
    if db.update_count(own.values(version=Member.version + 1, **values)):
        audit.record("members.mobile_followed", f"account:{account.id}", actor=actor_self(account), now=now, org_id=account.org_id)
