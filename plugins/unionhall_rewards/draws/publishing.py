"""Publishing: rules, prizes, odds, people and the committed secret are frozen, and the money is reserved."""

from __future__ import annotations

import gzip
import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from unionhall.plugin import (
    Actor,
    RuleBroken,
    accounts_with,
    clock,
    orgs_above,
    record_audit,
    require,
    seal,
    session,
)
from unionhall_rewards import rights
from unionhall_rewards.draws import audience, drafting, facts, labels, pages, queries, shares, uhd1
from unionhall_rewards.draws.models import Algorithm, Draw, DrawList, DrawState
from unionhall_rewards.fund import ledger
from unionhall_rewards.fund.models import Kind
from unionhall_stations.api import staff_member_ids


@dataclass(frozen=True, slots=True)
class People:
    """Who takes part and who is kept out, as sorted pseudonyms."""

    eligible: list[str]
    excluded: list[str]


def people(draw: Draw, names: bytes, now: datetime) -> People:
    """Return the activated members that a draw is for, without those who serve at a till or have a hand in it."""
    staff, hands = staff_member_ids(), _hands(draw, now)
    inside: list[str] = []
    outside: list[str] = []
    for member_id, account_id in audience.people(draw):
        kept_out = member_id in staff or account_id in hands
        (outside if kept_out else inside).append(uhd1.pseudonym(names, member_id))
    return People(sorted(inside), sorted(outside))


def _hands(draw: Draw, now: datetime) -> set[int]:
    """Return the accounts that may set, publish, or approve draws at the draw's org or above it."""
    found: set[int] = set()
    for place in {draw.org.path, *(org.path for org in orgs_above(draw.org))}:
        for right in (rights.DRAWS, rights.APPROVE):
            found |= set(accounts_with(right, place, now))
    return found


def publish(draw_id: int, *, actor: Actor, now: datetime) -> list[str]:
    """Publish a draft for good. Returns the three shares of its secret: they are kept nowhere, and shown this once.

    Raises RuleBroken with what is lacking, or when the draft's own writer tries.
    """
    draw = queries.locked(draw_id)
    require(actor, rights.DRAWS, draw.org)
    if draw.state != DrawState.DRAFT:
        raise RuleBroken(_("这个抽奖已经公布过了。"), code="draw-published")
    if actor.account_id is not None and actor.account_id == draw.created_by:
        raise RuleBroken(_("草稿是你写的，要请另一位经办人公布：公布要两个人。"), code="two-people")
    if missing := drafting.lacks(draw, now):
        raise RuleBroken(" ".join(missing), code="draw-lacks")
    warned = drafting.rule_warnings(draw)
    secret, names = secrets.token_bytes(32), secrets.token_bytes(32)
    made = shares.split(draw.key, secret)
    who = people(draw, names, now)
    if not who.eligible:
        raise RuleBroken(_("范围里没有可以参加的人：没有人激活，或者都是经办的人。"), code="draw-nobody")
    _freeze(draw, who, now)
    draw.spec = uhd1.canonical(spec(draw, who, names, made))
    draw.spec_hash = uhd1.spec_hash(draw.spec)
    draw.commit_hash = uhd1.commitment(draw.key, draw.spec_hash, secret)
    draw.secret_sealed, draw.names_sealed = seal(facts.SECRET, secret.hex()), seal(facts.NAMES, names.hex())
    draw.state, draw.published_at, draw.published_by = DrawState.PUBLISHED.value, now, actor.account_id
    draw.version += 1
    draw.updated_at = now
    session().flush()
    for prize in draw.prizes:
        if prize.coupons and draw.fund_id:
            ledger.move(Kind.RESERVE, draw.fund_id, prize.quantity * prize.value_fen, prize.id, now=now, actor_id=actor.account_id)
    pages.changed(draw)
    about = {"commit": draw.commit_hash, "warned": " ".join(each.code for each in warned)}
    record_audit("rewards.draw_published", f"draw:{draw.id}", actor=actor, now=now, org_id=draw.org_id, **about)
    return made


def _freeze(draw: Draw, who: People, now: datetime) -> None:
    for name, lines in ((queries.ELIGIBLE, who.eligible), (queries.EXCLUDED, who.excluded)):
        body = gzip.compress("".join(f"{line}\n" for line in lines).encode(), mtime=0)
        session().add(DrawList(draw_id=draw.id, name=name, body=body))
    draw.eligible_hash, draw.eligible_count = uhd1.list_hash("UHD1.eligible", who.eligible), len(who.eligible)
    draw.eligible_at = now


def spec(draw: Draw, who: People, names: bytes, made: list[str]) -> dict[str, Any]:
    """Return what is published of a draw: keys in ASCII, values texts, whole numbers, lists."""
    found: dict[str, Any] = {
        "v": 1, "algo": draw.algo, "draw_id": draw.key, "title": draw.title, "organiser": draw.organiser, "contact": draw.contact,
        "rules": draw.rules, "opens": stamp(draw.opens_at), "closes": stamp(draw.closes_at), "public_source": draw.public_source,
        "public_at": stamp(draw.public_at or draw.closes_at), "reveal_minutes": draw.reveal_minutes, "reserve": draw.reserve,
        "audience": draw.audience_path, "tries_a_day": draw.tries_a_day, "prizes": [_prize(draw, prize) for prize in draw.prizes],
        "eligible_hash": draw.eligible_hash, "eligible_count": draw.eligible_count, "eligible_at": stamp(draw.eligible_at or draw.opens_at),
        "excluded_hash": uhd1.list_hash("UHD1.excluded", who.excluded), "excluded_count": len(who.excluded),
        "names_hash": hashlib.sha256(b"UHD1.names\n" + names).hexdigest(), "escrow": [shares.digest(share) for share in made],
    }  # fmt: skip
    if draw.audience:
        chosen = audience.orgs(draw)
        found |= {"audience_orgs": [each.path for each in chosen], "audience_names": [each.name for each in chosen]}
    if draw.algo == Algorithm.INSTANT:
        found["fallback"] = "next" if draw.fallback else "none"
        if any(prize.late for prize in draw.prizes):
            found["late_from"] = labels.minute(draw.late_from)
        found |= {name: value for name in ("most_wins", "day_wins", "month_wins") if (value := getattr(draw, name)) is not None}
    return found


def _prize(draw: Draw, prize: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"id": prize.key, "name": prize.name, "qty": prize.quantity, "value_fen": prize.value_fen}
    if draw.algo == Algorithm.INSTANT:
        found["ppm"] = prize.ppm
        if prize.per_day is not None:
            found["per_day"] = prize.per_day
        if prize.late:
            found["late"] = prize.late
    if prize.coupons:
        found["coupons"] = [f"{number}x{kind}" for kind, number in sorted(prize.coupons.items())]
    return found


def stamp(moment: datetime) -> str:
    """Return a moment as a spec says it: Shanghai's time, to the second."""
    return clock.local(moment).isoformat(timespec="seconds")


def parsed(draw: Draw) -> dict[str, Any]:
    """Return a published spec."""
    found: dict[str, Any] = json.loads(draw.spec)
    return found
