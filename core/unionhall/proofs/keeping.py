"""Personal data of proofs: shown to the person; erased on their word except what lets a number be answered."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import update

from unionhall.base import clock, db
from unionhall.hooks.people import Kept, Person, PersonalData
from unionhall.hooks.types import SYSTEM
from unionhall.platform import audit
from unionhall.proofs import queries, shown
from unionhall.proofs.models import Proof


def export(person: Person) -> dict[str, Any]:
    """Return every proof about a person, word for word."""
    if person.member_id is None or not (rows := queries.of_member(person.member_id)):
        return {}
    return {_("证明"): [_told(row) for row in rows]}


def _told(proof: Proof) -> dict[str, Any]:
    return {
        _("编号"): proof.number, _("名称"): proof.title, _("出具单位"): proof.issuer, _("姓名"): proof.name,
        _("内容"): {row[0]: row[1] for row in proof.fields}, _("出具日期"): clock.local_day(proof.issued_at).isoformat(),
        _("状态"): shown.word(shown.state(proof, clock.now())), _("撤销原因"): proof.revoked_reason,
    }  # fmt: skip


def erase(person: Person, now: datetime) -> Iterable[Kept]:
    """Remove name and content; number, kind, issuer, day and a hash of the content stay."""
    if person.member_id is None or not (rows := queries.of_member(person.member_id)):
        return []
    gone = update(Proof).where(Proof.member_id == person.member_id)
    values: dict[str, Any] = {"name": "", "sentence": "", "fields": [], "member_id": None, "erased_at": now}
    db.session().execute(gone.values(**values).execution_options(synchronize_session=False))
    for row in rows:
        db.session().refresh(row)
        audit.record("proofs.erased", f"proof:{row.id}", actor=SYSTEM, now=now, org_id=row.org_id)
    return [
        Kept(
            _l("证明的编号、种类、出具单位和日期，以及内容的校验值，不含姓名和内容"),
            _l("别人手里的证明还要能核验真假；这些内容认不出是谁"),
        )
    ]


PERSONAL = PersonalData("proofs", _l("证明"), export, erase)
