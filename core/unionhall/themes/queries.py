"""Reads for the themes page: every theme, its state, its colours, who chose it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from unionhall.accounts.queries import names
from unionhall.base import db
from unionhall.host import theme_check
from unionhall.host.contrast import parse
from unionhall.host.looks import ThemeChoice, ThemeFault, faults_of, looks
from unionhall.host.themes import Theme, lineage

READ = "system.themes_read"
SWATCHES = ("--c-paper", "--c-surface", "--c-ink", "--c-accent", "--c-action", "--c-link")


@dataclass(frozen=True)
class Card:
    """A theme as the themes page shows it. State: used, ready, surface or broken."""

    theme: Theme
    state: str
    parents: tuple[str, ...]
    light: tuple[str, ...]
    dark: tuple[str, ...]
    failed: tuple[ThemeFault, ...]


@dataclass(frozen=True)
class Chosen:
    """Who chose the site's theme, and when; `missing` names a choice that cannot be honoured."""

    by: str
    at: datetime | None
    missing: str


def cards() -> list[Card]:
    """Return every installed theme: the one in force first, those that cannot be used last."""
    order = {"used": 0, "ready": 1, "surface": 2, "broken": 3}
    return sorted((_card(theme) for theme in looks().every.values()), key=lambda card: (order[card.state], card.theme.name))


def _card(theme: Theme) -> Card:
    every = looks().every
    chain = lineage(theme.name, every)
    state = "broken" if not theme.sound else "surface" if theme.surface else "used" if theme.name == looks().of_site().name else "ready"
    light, dark = (_swatches(chain, mode) for mode in ("light", "dark"))
    return Card(theme, state, tuple(one.label or one.name for one in chain[1:]), light, dark, tuple(faults_of(theme.name)))


def _swatches(chain: tuple[Theme, ...], mode: str) -> tuple[str, ...]:
    tokens = theme_check.colours(chain, mode)
    found = (parse(tokens.get(name, ""), tokens) for name in SWATCHES)
    return tuple("#{:02x}{:02x}{:02x}".format(*colour) for colour in found if colour)


def chosen() -> Chosen:
    """Return who chose the theme in force."""
    row = db.session().scalar(select(ThemeChoice))
    if row is None:
        default = looks().default
        return Chosen("", None, "" if looks().of_site().name == default else default)
    by = names({row.chosen_by}).get(row.chosen_by, "") if row.chosen_by else ""
    return Chosen(by, row.chosen_at, "" if looks().of_site().name == row.name else row.name)


def troubled() -> int:
    """Return how many themes cannot be used."""
    return sum(not theme.sound for theme in looks().every.values())
