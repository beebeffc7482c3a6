"""A proof as it is told: its state in words, and what a stranger may read of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_babel import gettext as _

from unionhall.accounts import throttle
from unionhall.base import clock, db
from unionhall.base.errors import NotFound
from unionhall.proofs import queries
from unionhall.proofs.models import Proof

LOOKS = throttle.Limit(60, timedelta(minutes=10))
CHIPS = {"valid": "ok", "expired": "warn", "revoked": "bad", "replaced": "warn", "erased": "warn"}


@dataclass(frozen=True, slots=True)
class Checked:
    """What everybody with the number reads: `state` is "valid", "expired", "revoked", "replaced" or "erased"."""

    number: str
    title: str
    issuer: str
    name: str
    sentence: str
    fields: tuple[tuple[str, str], ...]
    issued_on: date
    valid_until: date | None
    state: str
    reason: str
    replaced_by: str

    @property
    def chip(self) -> str:
        """The colour of its state."""
        return CHIPS[self.state]


def look_up(typed: str, source: str, now: datetime) -> Checked:
    """Return what a number stands for. Raises NotFound for every other text alike, TooMany for who tries many."""
    with db.unit_of_work():
        throttle.spend("proofs", throttle.source(source), LOOKS, now=now)
    found = queries.by_number(typed)
    if found is None:
        raise NotFound(_("没有这个编号的证明。请对照原件再输一遍；还是没有，请不要相信这份证明，并问出具单位。"))
    return checked(found, now)


def checked(proof: Proof, now: datetime) -> Checked:
    """Return a proof as strangers read it: every printed field as issued, the name masked unless its kind says otherwise."""
    name = proof.name if proof.full_name else masked(proof.name)
    return Checked(
        proof.number, proof.title, proof.issuer, name, proof.sentence.replace(proof.name, name) if proof.name else "",
        tuple((label, value.replace(proof.name, name) if proof.name else value) for label, value in proof.fields),
        clock.local_day(proof.issued_at), proof.valid_until, state(proof, now), proof.revoked_reason,
        proof.replaced_by.number if proof.replaced_by else "",
    )  # fmt: skip


def state(proof: Proof, now: datetime) -> str:
    """Return what became of a proof."""
    if proof.revoked_at is not None:
        return "revoked"
    if proof.replaced_by_id is not None:
        return "replaced"
    if proof.erased_at is not None:
        return "erased"
    over = proof.valid_until is not None and clock.local_day(now) > proof.valid_until
    return "expired" if over else "valid"


def word(name: str) -> str:
    """Return a state in words."""
    return {
        "valid": _("有效"), "expired": _("已过期"), "revoked": _("已撤销"), "replaced": _("已换发"), "erased": _("内容已删除"),
    }[name]  # fmt: skip


def masked(name: str) -> str:
    """Return a name with its middle hidden: 何*英, 张*."""
    return name[:1] + "*" * max(1, min(2, len(name) - 2)) + (name[-1:] if len(name) > 2 else "") if name else ""
