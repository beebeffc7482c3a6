"""Issuing, replacing and revoking. What was issued is never changed: a correction is a new proof that replaces the old one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import select, update

from unionhall.base import clock, db
from unionhall.base.errors import Conflict, NotFound, RuleBroken
from unionhall.base.i18n import site_language
from unionhall.base.text import tidy
from unionhall.hooks.proofs import ProofKind
from unionhall.hooks.types import Actor
from unionhall.members.models import Member
from unionhall.orgs.models import Org
from unionhall.platform import access, audit
from unionhall.platform.access import unscoped
from unionhall.proofs import kinds, numbers, queries, telling
from unionhall.proofs.models import Proof

TRIES, SHORTEST = 5, 4


def issue(
    kind: str, member_id: int, fields: Mapping[str, str], *, org: Org, actor: Actor, now: datetime, valid_until: date | None = None,
    replaces: Proof | None = None, subject: str = "",
) -> Proof:  # fmt: skip
    """Return a new proof of a registered kind about a member of the roster; whoever calls judges that it is true.

    With a `subject` ("2026"), a live proof with the same words is returned as it is, one with other words is replaced.
    Raises NotFound for no such kind or person, RuleBroken for missing fields, Conflict when `replaces` has ended.
    """
    found = kinds.named(kind)
    lock = select(Member).where(Member.id == member_id, Member.erased_at.is_(None)).with_for_update(of=Member)
    member = db.session().scalar(unscoped(lock, why="issuing"))
    if found is None or member is None:
        raise NotFound()
    with site_language():
        printed, title, sentence = _printed(found, fields), str(found.label)[:120], str(found.sentence)
    before = replaces or (queries.live(kind, member_id, subject) if subject else None)
    digest = _digest(member.name, org.name, printed)
    if before is not None and replaces is None and before.digest == digest and not ended(before, now):
        return before
    made = Proof(
        org_id=org.id, number=_number(), kind=kind, subject=subject or numbers.new(), title=title, issuer=org.name,
        member_id=member.id, name=member.name, sentence=sentence.replace("{name}", member.name)[:300], fields=printed,
        digest=digest, full_name=found.full_name, issued_at=now, issued_by=actor.account_id,
        valid_until=valid_until or (clock.local_day(now + found.lasts) if found.lasts else None), revoked_reason="", live=True,
    )  # fmt: skip
    made.org = org
    _store(made, before)
    audit.record(
        "proofs.issued", f"proof:{made.id}", actor=actor, now=now, org_id=org.id, kind=kind, number=made.number,
        replaces=before.number if before else None,
    )  # fmt: skip
    return made


def revoke(proof: Proof, reason: str, *, actor: Actor, now: datetime) -> None:
    """End a proof for a reason that everybody reads who checks it. Raises NotAllowed, RuleBroken, Conflict when it has ended."""
    kind = kinds.named(proof.kind)
    access.require(actor, kind.permission if kind else kinds.REVOKE, proof.org)
    words = tidy(reason)[:200]
    if len(words) < SHORTEST:
        raise RuleBroken(_("请写明原因，至少 %(n)s 个字。核验的人会看到。", n=SHORTEST), field="reason")
    done = update(Proof).where(Proof.id == proof.id, Proof.live).values(
        live=False, revoked_at=now, revoked_by=actor.account_id, revoked_reason=words
    )  # fmt: skip
    if db.update_count(done.execution_options(synchronize_session=False)) != 1:
        raise Conflict(_("这份证明已经撤销，或者换成了新的。"))
    db.session().refresh(proof)
    audit.record("proofs.revoked", f"proof:{proof.id}", actor=actor, now=now, org_id=proof.org_id, number=proof.number, reason=words)
    telling.revoked(proof, now)


def ended(proof: Proof, now: datetime) -> bool:
    """Say whether a proof's last day is over."""
    return proof.valid_until is not None and clock.local_day(now) > proof.valid_until


def hand_over(source_id: int, target_id: int) -> None:
    """Give an org's proofs to the one it is merged into; the issuer's name stays as it was printed."""
    moved = update(Proof).where(Proof.org_id == source_id).values(org_id=target_id)
    db.session().execute(moved.execution_options(synchronize_session=False))
    db.session().expire_all()


def _store(made: Proof, before: Proof | None) -> None:
    """Write the new proof; the one before ends in the same step. Raises Conflict when it has ended already."""
    if before is not None:
        over = update(Proof).where(Proof.id == before.id, Proof.live).values(live=False)
        if db.update_count(over.execution_options(synchronize_session=False)) != 1:
            raise Conflict(_("原来那份证明已经撤销，或者换成了新的。"))
    db.session().add(made)
    db.session().flush()
    if before is not None:
        link = update(Proof).where(Proof.id == before.id).values(replaced_by_id=made.id)
        db.session().execute(link.execution_options(synchronize_session=False))
        db.session().refresh(before)


def _printed(kind: ProofKind, fields: Mapping[str, str]) -> list[list[str]]:
    wanted = [name for name, _label in kind.fields]
    if set(wanted) != set(fields):
        raise RuleBroken(_("证明上的内容不全，没有开出。"))
    return [[str(label), tidy(str(fields[name]), one_line=False)[:500]] for name, label in kind.fields]


def _digest(name: str, issuer: str, printed: list[list[str]]) -> str:
    whole = json.dumps([name, issuer, printed], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(whole.encode()).hexdigest()


def _number() -> str:
    for _try in range(TRIES):
        number = numbers.new()
        if queries.by_number(number) is None:
            return number
    raise RuntimeError("no free number in five tries out of 2^75")
