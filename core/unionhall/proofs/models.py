"""Proofs as they were issued; a row is written once, and afterwards only ends."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, event, inspect, text
from sqlalchemy.orm import Mapped, Mapper, mapped_column, relationship

from unionhall.base import db
from unionhall.orgs.models import Org
from unionhall.platform.access import OrgOwned

LIVE = text("live")
ENDS = frozenset({"live", "revoked_at", "revoked_by", "revoked_reason", "replaced_by_id", "replaced_by", "org_id", "org"})


class Proof(OrgOwned, db.Model):
    """One document: what it says, word for word, and what became of it.

    `fields` holds [heading, value] as printed, `digest` their hash, which stays when the person's data is erased. `live` is
    true until it is revoked or replaced: a person has one live proof of a kind and `subject` ("2026").
    """

    __tablename__ = "proofs_proof"
    __table_args__ = (
        CheckConstraint("(revoked_at is null) = (revoked_reason = '')", name="revoked"),
        CheckConstraint("not live or (revoked_at is null and replaced_by_id is null)", name="live"),
        Index(
            "uq_proofs_proof_subject", "kind", "member_id", "subject", unique=True, sqlite_where=LIVE, postgresql_where=LIVE
        ),
        Index("ix_proofs_proof_list", "org_id", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(19), unique=True)
    kind: Mapped[str] = mapped_column(String(80))
    subject: Mapped[str] = mapped_column(String(80), default="")
    title: Mapped[str] = mapped_column(String(120))
    issuer: Mapped[str] = mapped_column(String(120))
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members_member.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    sentence: Mapped[str] = mapped_column(String(300), default="")
    fields: Mapped[list[list[str]]] = mapped_column(JSON)
    digest: Mapped[str] = mapped_column(String(64))
    full_name: Mapped[bool] = mapped_column(default=False)
    issued_at: Mapped[datetime]
    issued_by: Mapped[int | None]
    valid_until: Mapped[date | None]
    live: Mapped[bool] = mapped_column(default=True)
    replaced_by_id: Mapped[int | None] = mapped_column(ForeignKey("proofs_proof.id"), unique=True)
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[int | None]
    revoked_reason: Mapped[str] = mapped_column(String(200), default="")
    erased_at: Mapped[datetime | None]

    org: Mapped[Org] = relationship(lazy="joined", innerjoin=True)
    replaced_by: Mapped[Proof | None] = relationship(remote_side="Proof.id")


@event.listens_for(Proof, "before_update")
def _unchanged(_mapper: Mapper[Proof], _connection: object, proof: Proof) -> None:
    """Refuse to change what was issued."""
    changed = {item.key for item in inspect(proof).attrs if item.history.has_changes()}
    if wrong := changed - ENDS:
        raise RuntimeError(f"a proof is not changed after it was issued: {sorted(wrong)}")
