"""What accounts keep of a plugin that is purged: grants of its roles, and what tokens allow of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, cast, delete, select

from unionhall.accounts.models import AccountGrant, ApiToken
from unionhall.base import db
from unionhall.base.text import like_escape
from unionhall.hooks.types import SYSTEM
from unionhall.platform import audit
from unionhall.platform.naming import belongs_to, of_plugin


def forget(name: str, now: datetime) -> None:
    """Take back every grant of the plugin's roles, each on record, and its scopes from every token."""
    for row in db.session().scalars(select(AccountGrant).where(of_plugin(AccountGrant.role, name))):
        if row.revoked_at is None:
            audit.record("accounts.revoked", f"account:{row.account_id}", actor=SYSTEM, now=now, org_id=row.org_id, role=row.role)
    gone = delete(AccountGrant).where(of_plugin(AccountGrant.role, name))
    db.session().execute(gone.execution_options(synchronize_session=False))
    like = f'%"{like_escape(name)}.%'
    for token in db.session().scalars(select(ApiToken).where(cast(ApiToken.scopes, String).like(like, escape="\\"))):
        token.scopes = [scope for scope in token.scopes if not belongs_to(scope, name)]
    db.session().flush()
    db.session().expire_all()
