"""Photos and documents of a claim: in private storage, for the person and the two who check."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from unionhall.plugin import (
    Actor,
    Conflict,
    RuleBroken,
    can,
    note_looks,
    read_file,
    record_audit,
    remove_files,
    session,
    sign,
    store_files,
    tidy,
    unsign,
)
from unionhall_chapters import rights
from unionhall_chapters.benefits import claims, states
from unionhall_chapters.benefits.models import Claim, ClaimPaper, State

MOST = 20
LOOK, LOOK_SECONDS = "chapters.look", 3600


@dataclass(frozen=True, slots=True)
class Sent:
    """One judged file, and which paper it is."""

    slot: int
    name: str
    mime: str
    data: bytes


def read(uploads: list[tuple[int, FileStorage]]) -> list[Sent]:
    """Judge what was sent, before anything is read from the database. Raises UploadRefused, naming the field."""
    found = []
    for slot, upload in uploads:
        if upload.filename:
            try:
                judged = read_file(upload)
            except RuleBroken as error:
                error.field = f"paper{slot}"
                raise
            found.append(Sent(slot, upload.filename, judged.mime, judged.data))
    return found


def add(claim: Claim, sent: list[Sent], *, actor: Actor, now: datetime) -> None:
    """Keep papers of a draft. Raises RuleBroken, Conflict."""
    _changeable(claim)
    if len(claim.papers) + len(sent) > MOST:
        raise RuleBroken(_("一份申请最多 %(n)s 个文件。请合并或删掉几个再传。", n=MOST))
    wanted = claims.wanted(claim.benefit)
    for item in sent:
        stem = secrets.token_hex(24)
        label = str(wanted[item.slot]["label"]) if item.slot < len(wanted) else _("其他材料")
        row = ClaimPaper(
            claim_id=claim.id, slot=item.slot, label=label, file=f"{stem[:2]}/{stem}.bin", mime=item.mime,
            name=tidy(item.name)[-120:] or _("文件"), created_at=now,
        )  # fmt: skip
        store_files([(row.file, item.data)])
        claim.papers.append(row)
    claim.updated_at = now
    session().flush()


def take_away(claim: Claim, paper: ClaimPaper, *, now: datetime) -> None:
    """Remove a paper of a draft."""
    _changeable(claim)
    remove_files([paper.file], now=now)
    claim.papers.remove(paper)
    session().flush()


def _changeable(claim: Claim) -> None:
    if claim.state != State.DRAFT:
        raise Conflict(_("申请已经提交，材料不能再改。"))


def may_look(claim: Claim, actor: Actor) -> bool:
    """Say whether somebody may see what is behind a claim: who checks it now, and the two who did."""
    if states.is_own(claim, actor) or claim.erased_at is not None:
        return False
    first, second = can(actor, rights.CLAIMS, claim.org), can(actor, rights.SETTLE, claim.settle_org)
    if actor.account_id in {claim.checked_by, claim.decided_by, claim.refused_by}:
        return first or second
    if claim.state == State.SUBMITTED:
        return first
    return second and claim.state in (State.CHECKED, State.PUBLICITY)


def looked(claim: Claim, what: str, *, actor: Actor, now: datetime) -> None:
    """Note that somebody saw what is behind a claim; the person can read it."""
    if claim.member_id:
        note_looks([claim.member_id], what="claim", why=f"{claim.number} {what}", actor=actor, org_id=claim.org_id, now=now)
    record_audit("chapters.claim_looked", f"claim:{claim.id}", actor=actor, now=now, org_id=claim.org_id)


def look_mark(claim: Claim, actor: Actor) -> str:
    """Return what opens the papers of a claim for who has just opened it: no paper is seen without a noted look."""
    return sign(LOOK, [claim.id, actor.account_id])


def has_looked(claim: Claim, mark: str, actor: Actor) -> bool:
    """Say whether a mark is this person's, of this claim, and fresh."""
    return unsign(LOOK, mark, LOOK_SECONDS) == [claim.id, actor.account_id]
