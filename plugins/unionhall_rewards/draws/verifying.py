"""Checking a draw from its published file alone: no database, nothing secret (`unionhall verify draw FILE`)."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from unionhall_rewards.draws import merkle, uhd1, uhi1

FORMAT = "unionhall-draw-1"
TICKET = re.compile(r"[A-Za-z0-9_-]{1,64}(\.[0-9]{1,6})?")
KEYS = ("spec", "spec_hash", "commit", "entrants", "entrants_hash", "merkle_root", "eligible", "public", "secret", "results", "result_hash")
TURNS = 10
LARGEST = 256 << 20
"""Bytes; a draw with a million entries has 70 MB."""


def verify(bundle: Any) -> list[str]:
    """Return what is wrong with a draw's file, nothing when all of it can be computed again."""
    if not isinstance(bundle, dict) or bundle.get("format") != FORMAT or any(key not in bundle for key in KEYS):
        return ["this is no file of a draw (draw-….json)"]
    try:
        spec = json.loads(bundle["spec"])
        return list(_faults(bundle, spec))
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, ArithmeticError, RecursionError) as error:
        return [f"the file cannot be read: {error!r}"]


def _faults(bundle: dict[str, Any], spec: dict[str, Any]) -> Iterator[str]:
    if uhd1.canonical(spec) != bundle["spec"]:
        yield "spec: the text is not in its canonical form"
    if uhd1.spec_hash(bundle["spec"]) != bundle["spec_hash"]:
        yield "spec_hash: the rules, prizes or odds are not those that were published"
    yield from _list_faults(bundle, spec)
    if not bundle["secret"]:
        yield "secret: it was not revealed, so nothing can be computed"
        return
    secret = bytes.fromhex(bundle["secret"])
    if uhd1.commitment(spec["draw_id"], bundle["spec_hash"], secret) != bundle["commit"]:
        yield "commit: the secret is not the one that was committed to before the first entry"
    yield from (_batch if spec["algo"] == "UHD1" else _instant)(bundle, spec, secret)


def _list_faults(bundle: dict[str, Any], spec: dict[str, Any]) -> Iterator[str]:
    entrants = bundle["entrants"]
    if any(not TICKET.fullmatch(entry) for entry in entrants):
        yield "entrants: an id has other characters than letters, digits, - and _"
    if len(set(entrants)) != len(entrants):
        yield "entrants: an id is there twice"
    if uhd1.entrants_hash(entrants) != bundle["entrants_hash"]:
        yield "entrants_hash: the list is not the one that was frozen"
    if merkle.root(entrants) != bundle["merkle_root"]:
        yield "merkle_root: it is not the root of the list"
    eligible = set(bundle["eligible"])
    if uhd1.list_hash("UHD1.eligible", bundle["eligible"]) != spec["eligible_hash"] or len(eligible) != spec["eligible_count"]:
        yield "eligible: it is not the list that was frozen with the publication"
    strangers = {uhd1.holder(entry) for entry in entrants} - eligible
    if strangers:
        yield f"entrants: {len(strangers)} of them were not eligible ({min(strangers)})"


def _batch(bundle: dict[str, Any], spec: dict[str, Any], secret: bytes) -> Iterator[str]:
    found, _numbers = uhd1.run(spec, secret, bundle["entrants"], bundle["public"])
    told = [uhd1.Slot(str(prize), int(number), str(ticket)) for prize, number, ticket in bundle["results"]]
    for made, said in zip(found, told, strict=False):
        if made != said:
            yield f"results: {made.prize}/{made.number} is {made.ticket}, the file says {said.prize}/{said.number} {said.ticket}"
            break
    if len(found) != len(told):
        yield f"results: {len(found)} slots are drawn, the file has {len(told)}"
    if uhd1.result_hash(told) != bundle["result_hash"]:
        yield "result_hash: it is not that of the results"


def _instant(bundle: dict[str, Any], spec: dict[str, Any], secret: bytes) -> Iterator[str]:
    told = [(str(entry), int(x), str(prize), str(missed)) for entry, x, prize, missed in bundle["results"]]
    if sorted(line[0] for line in told) != sorted(bundle["entrants"]):
        yield "results: they are not of the entries in the list"
    key = uhi1.seed(secret, spec["draw_id"], bundle["public"])
    odds = [(prize["id"], prize["ppm"]) for prize in spec["prizes"]]
    order = {prize["id"]: at for at, prize in enumerate(spec["prizes"])}
    for entry, x, prize, missed in told:
        number = uhi1.number(key, entry)
        if number != x:
            yield f"results: the number of {entry} is {number}, the file says {x}"
            break
        hit = uhi1.hit(x, odds)
        lower = spec.get("fallback") == "next" and prize and hit and order[prize] > order[hit]
        if (prize != hit or missed) and not (missed == hit and hit and (not prize or lower)):
            yield f"results: {entry} hits {hit or 'nothing'}, the file says {prize or 'nothing'}"
            break
    yield from _limits(told, spec)
    if uhi1.result_hash(told) != bundle["result_hash"]:
        yield "result_hash: it is not that of the results"


def _limits(told: list[tuple[str, int, str, str]], spec: dict[str, Any]) -> Iterator[str]:
    won = [(entry, prize) for entry, _x, prize, _missed in told if prize]
    given = Counter(prize for _entry, prize in won)
    daily = Counter((prize, (int(entry.partition(".")[2] or 1) - 1) // TURNS) for entry, prize in won)
    for prize in spec["prizes"]:
        if given[prize["id"]] > prize["qty"]:
            yield f"results: {given[prize['id']]} of {prize['id']} were given, there are {prize['qty']}"
        most = prize.get("per_day")
        if most is not None and any(number > most for (key, _day), number in daily.items() if key == prize["id"]):
            yield f"results: more than {most} of {prize['id']} were given on a day"
    lucky = Counter(uhd1.holder(entry) for entry, _prize in won)
    if "most_wins" in spec and any(number > spec["most_wins"] for number in lucky.values()):
        yield f"results: somebody won more than {spec['most_wins']} times"
    days = Counter((uhd1.holder(entry), (int(entry.partition(".")[2] or 1) - 1) // TURNS) for entry, _prize in won)
    if "day_wins" in spec and any(number > spec["day_wins"] for number in days.values()):
        yield f"results: somebody won more than {spec['day_wins']} times on a day"


def check_file(path: Path, say: Callable[[str], object]) -> bool:
    """Check a file, say what is found, and return whether all is well."""
    try:
        if path.stat().st_size > LARGEST:
            raise ValueError(f"it is larger than {LARGEST >> 20} MB, which no draw's file is")
        bundle = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        say(f"BROKEN {path}: cannot be read: {error}")
        return False
    faults = verify(bundle)
    for fault in faults:
        say(f"BROKEN {fault}")
    if not faults:
        spec = json.loads(bundle["spec"])
        say(f"ok: {spec['draw_id']}, {len(bundle['entrants'])} entries, result {bundle['result_hash']}")
    return not faults

