"""Accounts, grants, sessions, one-time tokens and throttles."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from unionhall.base import db
from unionhall.orgs.models import Org
from unionhall.platform.access import OrgOwned


class Account(OrgOwned, db.Model):
    """Somebody who can log in. `org_id` is the org whose administrators look after the account."""

    __tablename__ = "accounts_account"
    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(60))
    login_key: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    email: Mapped[str] = mapped_column(String(200), default="")
    phone_sealed: Mapped[str] = mapped_column(String(200), default="")
    phone_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200), default="")
    password_at: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]
    totp_sealed: Mapped[str] = mapped_column(String(200), default="")
    totp_confirmed_at: Mapped[datetime | None]
    totp_last_step: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]

    org: Mapped[Org] = relationship(lazy="joined", innerjoin=True)
    grants: Mapped[list[AccountGrant]] = relationship(back_populates="account", order_by="AccountGrant.id")

    @property
    def enabled(self) -> bool:
        """True when the account may log in."""
        return self.disabled_at is None

    @property
    def state(self) -> str:
        """Return "enabled", "waiting" (neither password nor phone yet) or "disabled"."""
        if self.disabled_at is not None:
            return "disabled"
        return "enabled" if self.password_hash or self.phone_hash else "waiting"

    @property
    def has_second_factor(self) -> bool:
        """True when logging in asks for a code as well."""
        return self.totp_confirmed_at is not None


class AccountGrant(db.Model):
    """A role held in an org's subtree, from one moment until another."""

    __tablename__ = "accounts_grant"
    __table_args__ = (CheckConstraint("ends_at is null or ends_at > starts_at", name="period"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts_account.id"), index=True)
    role: Mapped[str] = mapped_column(String(30))
    org_id: Mapped[int] = mapped_column(ForeignKey("orgs_org.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    granted_by: Mapped[int | None]

    account: Mapped[Account] = relationship(back_populates="grants")
    org: Mapped[Org] = relationship(lazy="joined", innerjoin=True)

    def in_force(self, now: datetime) -> bool:
        """True while the grant holds."""
        return self.state(now) == "held"

    def state(self, now: datetime) -> str:
        """Return "held", "later" (not begun), "over" (its time is up) or "revoked"."""
        if self.revoked_at is not None:
            return "revoked"
        if self.ends_at is not None and self.ends_at <= now:
            return "over"
        return "held" if self.starts_at <= now else "later"


class LoginSession(db.Model):
    """One login on one device; ending the row ends the session everywhere at once."""

    __tablename__ = "accounts_session"
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts_account.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    address: Mapped[str] = mapped_column(String(60))
    agent: Mapped[str] = mapped_column(String(200))
    strong: Mapped[bool] = mapped_column(default=False)
    proved_at: Mapped[datetime | None]


class OneTimeToken(db.Model):
    """A single-use token that was handed out (first administrator, invitation, reset, recovery code); only its hash."""

    __tablename__ = "accounts_token"
    __table_args__ = (UniqueConstraint("token_hash"), Index("ix_accounts_token_owner", "account_id", "purpose"))
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts_account.id"))
    purpose: Mapped[str] = mapped_column(String(20))
    token_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class PhoneCode(db.Model):
    """A one-time code sent to a mobile number, or only said to be: which of the two, the row does not show.

    `ticket_hash` binds it to the browser that asked, `sealed` holds what the asker wanted (`unionhall.accounts.phone_codes`).
    """

    __tablename__ = "accounts_phone_code"
    __table_args__ = (CheckConstraint("tries between 0 and 5", name="tries"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    purpose: Mapped[str] = mapped_column(String(20))
    ticket_hash: Mapped[str] = mapped_column(String(64), unique=True)
    phone_hash: Mapped[str] = mapped_column(String(64), index=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    sealed: Mapped[str] = mapped_column(String(1000))
    tries: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]
class ApiToken(db.Model):
    """What a program shows to act for an account through the API: its scopes and, of the secret itself, only the hash.

    A "personal" one was made by its owner for a purpose, a "session" one by logging in through the API. `used_at` is
    coarse: it moves at most once in ten minutes.
    """

    __tablename__ = "accounts_api_token"
    __table_args__ = (
        UniqueConstraint("token_hash"), Index("ix_accounts_api_token_owner", "account_id", "id"),
        CheckConstraint("kind in ('personal','session')", name="kind"), CheckConstraint("expires_at > created_at", name="period"),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts_account.id"))
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(60))
    scopes: Mapped[list[str]] = mapped_column(JSON)
    token_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class Throttle(db.Model):
    """Tries counted per key ("login:account:…", "login:source:…") in a window; shared by all processes."""

    __tablename__ = "accounts_throttle"
    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    window_ends: Mapped[datetime] = mapped_column(index=True)
    tries: Mapped[int] = mapped_column(default=0)
