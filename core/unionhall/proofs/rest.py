"""Checking a number by program: the same answer as the page."""

from __future__ import annotations

from datetime import date
from typing import Literal

from flask_babel import lazy_gettext as _l

from unionhall.base.web import client_address
from unionhall.hooks.api import ApiCall, ApiModel, ApiOperation, ApiResource
from unionhall.proofs import shown


class ProofFieldOut(ApiModel):
    """One line as it was printed."""

    label: str
    value: str


class ProofOut(ApiModel):
    """A document as everybody may check it; the name is masked unless its kind shows it in full."""

    number: str
    title: str
    issuer: str
    name: str
    sentence: str
    fields: list[ProofFieldOut]
    issued_on: date
    valid_until: date | None
    state: Literal["valid", "expired", "revoked", "replaced", "erased"]
    reason: str
    replaced_by: str


def proof(call: ApiCall) -> ProofOut:
    """Return what a number stands for. Raises NotFound, TooMany."""
    found = shown.look_up(call.path["number"], client_address(), call.now)
    return ProofOut(
        number=found.number, title=found.title, issuer=found.issuer, name=found.name, sentence=found.sentence, issued_on=found.issued_on,
        fields=[ProofFieldOut(label=label, value=value) for label, value in found.fields], valid_until=found.valid_until,
        state=found.state, reason=found.reason, replaced_by=found.replaced_by,
    )  # fmt: skip


RESOURCE = ApiResource("proofs", _l("证明核验"), (
    ApiOperation(
        "GET", "/proofs/{number}", "proofs_get", _l("核验一份证明"), proof, scope=None, answer=ProofOut,
        errors={404: ("not-found",), 429: ("too-many",)},
        description=_l("返回证明上印的每一项。姓名中间隐去，除非这种证明公开全名。编号错在哪里不会说。"),
    ),
))  # fmt: skip
