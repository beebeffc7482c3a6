"""Documents that anybody can check by their number: what features and plugins issue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from unionhall.hooks.types import Text


@dataclass(frozen=True, slots=True)
class ProofKind:
    """A kind of checkable document ("courses.certificate"), with its title as printed.

    `fields` are the names and headings of what is printed, in order; issuing one with a field missing is an error. `sentence`
    stands above them, with `{name}` for the person. One `lasts` so long when the issuer names no last day; None: for ever.
    `permission` is what revoking takes at the issuing org. The public check page masks the name unless `full_name`.
    """

    name: str
    label: Text
    fields: tuple[tuple[str, Text], ...]
    sentence: Text = ""
    lasts: timedelta | None = None
    permission: str = "proofs.revoke"
    full_name: bool = False
