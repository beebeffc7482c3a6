"""The tickets of codes that this browser asked for; the one module that knows where they lie: in its signed session."""

from __future__ import annotations

from dataclasses import dataclass

from flask import session

from unionhall.accounts.phones import folded, mask

KEY = "code_tickets"


@dataclass(frozen=True, slots=True)
class Held:
    """A ticket, and the number that its code went to as the page shows it: 138****2617."""

    ticket: str
    shown: str


def keep(purpose: str, ticket: str, mobile: str) -> None:
    """Keep a new ticket for this browser; the one before it for the same purpose is forgotten."""
    session[KEY] = {**session.get(KEY, {}), purpose: [ticket, mask(folded(mobile))]}


def held(purpose: str) -> Held | None:
    """Return this browser's ticket for a purpose."""
    found = session.get(KEY, {}).get(purpose)
    return Held(*found) if found else None


def drop(purpose: str) -> None:
    """Forget a ticket that was used."""
    session[KEY] = {name: kept for name, kept in session.get(KEY, {}).items() if name != purpose}
