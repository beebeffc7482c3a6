"""One person's data over all features and plugins: shown, handed out, erased in one unit of work, with a receipt."""

from __future__ import annotations

import io
import json
import secrets
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import render_template
from flask_babel import gettext as _
from sqlalchemy import select

from unionhall.accounts import privacy as account_privacy
from unionhall.accounts import proof, tokens
from unionhall.accounts.models import Account, ApiToken, LoginSession
from unionhall.accounts.second_factor import ALPHABET
from unionhall.accounts.services import actor_self
from unionhall.base import clock, db
from unionhall.base.crypto import new_token, token_hash
from unionhall.base.errors import NotAllowed, NotFound
from unionhall.hooks.people import Kept, Message, Person, PersonalData
from unionhall.host.registry import host
from unionhall.members import activation, consents
from unionhall.members.own_models import Erasure
from unionhall.platform import audit, channels
from unionhall.settings.queries import site_settings
from unionhall.site.formatting import moment

ERASED, ENDED = "erase", "end"
MAIL = "mail"


@dataclass(frozen=True, slots=True)
class Part:
    """What one feature or plugin holds about a person, ready to be read."""

    name: str
    label: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Preview:
    """What an erasure would do: what goes, by feature, and what stays and why."""

    goes: list[str]
    stays: list[Kept]


def collected(person: Person) -> list[Part]:
    """Return everything that is held about a person. A source that fails fails the whole: half a copy would look like all."""
    return [Part(source.name, str(source.label), source.export(person)) for source in _sources()]


def package(account: Account, session: LoginSession, person: Person, *, now: datetime) -> bytes:
    """Return a ZIP with everything, as JSON and as a page to read; noted in the audit trail. Needs a fresh proof."""
    proof.require(session, now=now)
    parts = collected(person)
    audit.record("members.data_taken", f"account:{account.id}", actor=actor_self(account), now=now, org_id=account.org_id)
    values = {"made_at": clock.local(now).isoformat(timespec="seconds"), "data": {part.name: part.data for part in parts}}
    page = render_template("members/my_data_file.html", parts=parts, at=moment(now), site=site_settings())
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.json", json.dumps(values, ensure_ascii=False, indent=1, default=str))
        archive.writestr(_("我的个人信息") + ".html", page)
    return packed.getvalue()


def for_program(account: Account, token: ApiToken, person: Person, *, now: datetime) -> list[Part]:
    """Return everything for a program; noted in the audit trail.

    The proof is the login by which the program got its token, within the last ten minutes (`proof.HOLDS`). Raises NotAllowed
    for an older one ("proof-needed"), and for a token that no login made ("use-website").
    """
    if token.kind != tokens.SESSION:
        told = _("全部个人信息不交给长期令牌。请在网站“我的 › 隐私”里下载，或用 POST /api/v1/session 登录。")
        raise NotAllowed(told, code="use-website")
    if now - token.created_at > proof.HOLDS:
        raise NotAllowed(_("登录已超过 10 分钟。请重新登录取一个令牌，再取个人信息。"), code="proof-needed")
    audit.record("members.data_taken", f"account:{account.id}", actor=actor_self(account), now=now, org_id=account.org_id, token=token.id)
    return collected(person)


def preview(person: Person, *, now: datetime) -> Preview:
    """Return what erasing would do, by doing it and taking it back: what is announced is what will happen.

    Raises RuleBroken when something must be settled first. Call it while nothing is being written.
    """
    db.start_writing()
    try:
        stays = [kept for source in _sources() for kept in source.erase(person, now)]
        return Preview([str(source.label) for source in _sources()], [_in_words(kept) for kept in stays])
    finally:
        db.finish(keep=False)


def erase(account: Account, session: LoginSession, person: Person, *, now: datetime) -> tuple[Erasure, str]:
    """Erase a person everywhere; returns the receipt and the token that opens it. Needs a fresh proof.

    Raises RuleBroken when something must be settled first: then nothing at all is erased.
    """
    proof.require(session, now=now)
    actor, org_id, email = actor_self(account), account.org_id, account.email
    sources = _sources()
    kept = [item for source in sources for item in source.erase(person, now)]
    row, token = _receipt(ERASED, [str(source.label) for source in sources], kept, now)
    audit.record("members.erased", f"account:{account.id}", actor=actor, now=now, org_id=org_id, receipt=row.number)
    if email and MAIL in channels.every():
        text = _("你在%(site)s的个人信息已按你的请求删除，回执编号 %(number)s。", site=site_settings().site_name, number=row.number)
        channels.send(MAIL, Message(email, _("个人信息删除回执"), text), now=now)
    return row, token


def end_account(account: Account, session: LoginSession, *, now: datetime) -> tuple[Erasure, str]:
    """End the account and leave the membership: the roster's row may be activated again. Needs a fresh proof.

    Raises RuleBroken for somebody who holds a role.
    """
    proof.require(session, now=now)
    return _end(account, now=now)


def withdraw_activation(account: Account, *, now: datetime) -> tuple[Erasure, str]:
    """Take back the consent that activation rests on, which ends the account; asks for nothing more than giving it did.

    Raises RuleBroken for somebody who holds a role.
    """
    return _end(account, now=now)


def receipt(token: str) -> Erasure:
    """Return the receipt that a token opens. Raises NotFound."""
    row = db.session().scalar(select(Erasure).where(Erasure.token_hash == token_hash(token)))
    if row is None:
        raise NotFound()
    return row


def _end(account: Account, *, now: datetime) -> tuple[Erasure, str]:
    actor, org_id = actor_self(account), account.org_id
    account_privacy.refuse_staff(account, now=now)
    consents.withdraw(account.id, consents.ACTIVATION, actor=actor, now=now)
    activation.unlink(account.id, now=now)
    kept = list(account_privacy.erase(Person(account.id), now))
    kept.append(Kept(_("会籍和名册里的信息"), _("你只注销了账号，会籍不变；以后可以重新激活。")))
    row, token = _receipt(ENDED, [_("账号和登录记录")], kept, now)
    audit.record("members.account_ended", f"account:{account.id}", actor=actor, now=now, org_id=org_id, receipt=row.number)
    return row, token


def _receipt(kind: str, labels: list[str], kept: Iterable[Kept], now: datetime) -> tuple[Erasure, str]:
    number = f"{clock.local(now):%Y%m%d}-" + "".join(secrets.choice(ALPHABET) for _n in range(8)).upper()
    stays = [{"what": str(item.what), "why": str(item.why), "until": item.until.isoformat() if item.until else ""} for item in kept]
    token = new_token()
    row = Erasure(number=number, token_hash=token_hash(token), at=now, kind=kind, sources=labels, kept=stays)
    db.session().add(row)
    db.session().flush()
    return row, token


def _in_words(kept: Kept) -> Kept:
    return Kept(str(kept.what), str(kept.why), kept.until)


def _sources() -> list[PersonalData]:
    return [source for found in host().call("unionhall_personal_data") for source in found]
