"""The kinds of proofs that the core and the enabled plugins bring."""

from __future__ import annotations

from unionhall.hooks.proofs import ProofKind
from unionhall.host.registry import collect

READ, REVOKE = "proofs.read", "proofs.revoke"


def named(name: str) -> ProofKind | None:
    """Return a kind; None when nobody brings it any more: what was issued can still be checked."""
    return next((kind for kind in collect("unionhall_proof_kinds") if kind.name == name), None)
