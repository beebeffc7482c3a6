"""UHD1, the batch draw: pure functions that anybody can write again from the published description. No database, no clock."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

RESERVE = "R"


@dataclass(frozen=True, slots=True)
class Slot:
    """One line of a result: the prize (or RESERVE), the n-th of it, and the ticket that it fell to."""

    prize: str
    number: int
    ticket: str


def canonical(spec: Mapping[str, Any]) -> str:
    """Return a spec as the text that is hashed: keys sorted, no spaces."""
    return json.dumps(spec, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def spec_hash(text: str) -> str:
    """Return the hash of a canonical spec, hex."""
    return hashlib.sha256(b"UHD1.spec\n" + text.encode()).hexdigest()


def commitment(draw_id: str, spec: str, secret: bytes) -> str:
    """Return what is published of a secret before the first entry; `spec` is the hash of the spec, hex."""
    return hashlib.sha256(f"UHD1.commit\n{draw_id}\n{spec}\n".encode() + secret).hexdigest()


def list_hash(label: str, lines: Iterable[str]) -> str:
    """Return the hash of a list that is sorted by bytes, one to a line, under a label ("UHD1.entrants")."""
    body = "".join(f"{line}\n" for line in sorted(lines, key=str.encode))
    return hashlib.sha256(f"{label}\n{body}".encode()).hexdigest()


def entrants_hash(ids: Iterable[str]) -> str:
    """Return the hash of the list of entrants, hex."""
    return list_hash("UHD1.entrants", ids)


def seed(secret: bytes, spec: str, entrants: str, public: str) -> bytes:
    """Return the seed of a draw from its secret, the hashes of spec and entrants (hex), and the public value."""
    return hmac.digest(secret, f"UHD1.seed\n{spec}\n{entrants}\n{public}\n".encode(), hashlib.sha256)


def block(key: bytes, counter: int) -> bytes:
    """Return the c-th block of random bytes."""
    return hmac.digest(key, b"UHD1.blk" + counter.to_bytes(8, "big"), hashlib.sha256)


class Numbers:
    """A stream of fair numbers; `blocks` and `rejected` count what it took."""

    def __init__(self, key: bytes) -> None:
        self.key, self.blocks, self.rejected = key, 0, 0

    def below(self, limit: int) -> int:
        """Return a number from 0 to limit - 1, each as likely; nothing is used up for a limit of 1."""
        if limit == 1:
            return 0
        bits = (limit - 1).bit_length()
        while True:
            found = int.from_bytes(block(self.key, self.blocks)[:8], "big") >> (64 - bits)
            self.blocks += 1
            if found < limit:
                return found
            self.rejected += 1


def holder(ticket: str) -> str:
    """Return whose ticket it is: what stands before the dot."""
    return ticket.partition(".")[0]


def slots(prizes: Iterable[tuple[str, int]], reserve: int) -> list[tuple[str, int]]:
    """Return (prize, n-th) in award order, the reserve last."""
    wanted = [(key, number) for key, quantity in prizes for number in range(1, quantity + 1)]
    return wanted + [(RESERVE, number) for number in range(1, reserve + 1)]


def draw(tickets: Iterable[str], prizes: Iterable[tuple[str, int]], reserve: int, numbers: Numbers) -> list[Slot]:
    """Draw: each slot goes to a ticket whose holder has none yet; the order of `tickets` does not matter."""
    rest, at = sorted(tickets, key=str.encode), 0
    lucky: set[str] = set()
    found: list[Slot] = []
    for prize, number in slots(prizes, reserve):
        while True:
            if at == len(rest):
                return found
            other = at + numbers.below(len(rest) - at)
            rest[at], rest[other] = rest[other], rest[at]
            ticket = rest[at]
            at += 1
            if holder(ticket) not in lucky:
                break
        lucky.add(holder(ticket))
        found.append(Slot(prize, number, ticket))
    return found


def result_hash(found: Iterable[Slot]) -> str:
    """Return the hash of a result, hex."""
    body = "".join(f"{slot.prize}\t{slot.number}\t{slot.ticket}\n" for slot in found)
    return hashlib.sha256(f"UHD1.result\n{body}".encode()).hexdigest()


def run(spec: Mapping[str, Any], secret: bytes, tickets: Sequence[str], public: str) -> tuple[list[Slot], Numbers]:
    """Return what a spec, a revealed secret, a frozen list and a public value give, and the numbers used."""
    key = seed(secret, spec_hash(canonical(spec)), entrants_hash(tickets), public)
    numbers = Numbers(key)
    prizes = [(str(prize["id"]), int(prize["qty"])) for prize in spec["prizes"]]
    return draw(tickets, prizes, int(spec["reserve"]), numbers), numbers


def pseudonym(key: bytes, member_id: int) -> str:
    """Return a member's name in a draw with this key: 20 characters, of no use in another draw."""
    return base64.b32encode(hmac.digest(key, str(member_id).encode(), hashlib.sha256)).decode()[:20]
