"""What the two who check do with a claim: return, pass on, put on view, approve, refuse, note a visit, close."""

from __future__ import annotations

from datetime import date, datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from unionhall.plugin import (
    SYSTEM,
    Actor,
    NotAllowed,
    NotFound,
    PublicityKind,
    RuleBroken,
    clock,
    masked_name,
    open_publicity,
    publicity_of,
    require,
    tidy,
)
from unionhall_chapters import rights
from unionhall_chapters.benefits import covering, facts, queries, settings, states
from unionhall_chapters.benefits.claims import story
from unionhall_chapters.benefits.labels import REFUSALS, yuan
from unionhall_chapters.benefits.models import Category, Claim, State

KIND = "chapters.claim"
PRIVATE = (Category.ILLNESS, Category.MUTUAL, Category.CHECKUP)
STOPPING = ("suspended", "pending", "member", "audience", "left")


def give_back(claim: Claim, text: str, *, actor: Actor, now: datetime) -> None:
    """Return a claim for more papers; all that was filled in stays. Raises RuleBroken."""
    words = _words(text, _("请写明要补什么，本人会看到。"))
    states.move(claim, "return", actor=actor, now=now, text=words, note=words)


def check(claim: Claim, fen: int, *, actor: Actor, now: datetime, text: str = "") -> None:
    """Pass the first check with an amount, at most what was asked. Raises RuleBroken, NotAllowed."""
    _another(claim, actor)
    _amount(fen, claim.asked_fen if claim.asked_fen is not None else claim.benefit.amount)
    states.move(claim, "check", actor=actor, now=now, text=tidy(text)[:300], fen=fen, checked_fen=fen, checked_by=actor.account_id)


def refuse(claim: Claim, code: str, text: str, *, actor: Actor, now: datetime) -> None:
    """Refuse a claim at the first or second check, for a reason of the list and in words. Raises RuleBroken, NotAllowed."""
    if code not in REFUSALS:
        raise RuleBroken(_("请选一个原因。"), field="code")
    words = _words(text, _("请写明原因，本人会看到。"))
    _another(claim, actor)
    if claim.state == State.CHECKED:
        _second(claim, actor)
    act = "refuse_first" if claim.state == State.SUBMITTED else "refuse"
    before = claim.state
    told = f"{REFUSALS[code]}。{words}"
    states.move(
        claim, act, actor=actor, now=now, text=told, refused_code=code, refused_text=words, refused_by=actor.account_id,
        refused_from=str(before),
    )  # fmt: skip
    covering.release(claim, now=now)


def publish(claim: Claim, contact: str, *, actor: Actor, now: datetime, change: str = "") -> None:
    """Put a claim on public view under a masked name, for the days that the site says. Raises RuleBroken, Conflict."""
    if not claim.benefit.publicity:
        raise RuleBroken(_("这一项不用公示，可以直接复审。"))
    _second(claim, actor)
    what = _("慰问帮扶") if claim.benefit.category in PRIVATE else claim.benefit.name
    row = (masked_name(claim.name), claim.org.short_name, what, yuan(claim.checked_fen))
    before = next(iter(publicity_of(KIND, claim.id)), None)
    open_publicity(
        KIND, claim.id, _("会员福利公示（%(number)s）", number=claim.number), [row], org=claim.settle_org, days=settings.publicity_days(),
        contact=contact or f"{claim.settle_org.name} {claim.settle_org.phone}".strip(), actor=actor, now=now, follows=before, change=change,
        about=_("按福利办法，下列申请已经初审，现予公示。"),
    )  # fmt: skip
    states.move(claim, "publish", actor=actor, now=now)


def publicity_ended(claim_id: int, outcome: str, now: datetime) -> None:
    """Take up what came of the public view: the claim goes back to its second check either way."""
    act = {"clear": "clear", "upheld": "upheld"}.get(outcome, "unpublish")
    claim = queries.claim(claim_id)
    if claim.state == State.PUBLICITY:
        states.move(claim, act, actor=SYSTEM, now=now)


def shown_clear(claim: Claim) -> bool:
    """Say whether a claim needs no public view any more."""
    if not claim.benefit.publicity:
        return True
    last = next(iter(publicity_of(KIND, claim.id)), None)
    return last is not None and last.state == "clear"


def approve(claim: Claim, fen: int, *, actor: Actor, now: datetime, text: str = "") -> Claim | None:
    """Grant a claim; returns the other claim when one for the same event was faster, behind which this one now stands.

    Raises RuleBroken, NotAllowed, Conflict.
    """
    require(actor, rights.SETTLE, claim.settle_org)
    _second(claim, actor)
    _another(claim, actor)
    if not shown_clear(claim):
        raise RuleBroken(_("这一项要先公示，公示结束后才能通过。"), code="publicity")
    most = claim.checked_fen or 0
    _amount(fen, most)
    words = tidy(text)[:300]
    if fen < most and not words:
        raise RuleBroken(_("比初审的金额低，请写明理由。"), field="text")
    _still_covered(claim, now)
    if other := covering.settle(claim, fen, actor=actor, now=now):
        return other
    states.move(claim, "approve", actor=actor, now=now, text=words, fen=fen, decided_fen=fen, decided_by=actor.account_id)
    return None


def visit(claim: Claim, on: date, text: str, *, actor: Actor, now: datetime) -> None:
    """Note that somebody went to see the person. Raises RuleBroken, NotAllowed."""
    require(actor, rights.CLAIMS, claim.org)
    if claim.state not in (State.APPROVED, State.PAID, State.CLOSED):
        raise RuleBroken(_("申请通过以后再记慰问。"))
    if on > clock.local_day(now):
        raise RuleBroken(_("慰问日期不能在今天之后。"), field="on")
    claim.visit_on, claim.visit_note = on, tidy(text)[:300]
    states.note(claim, "visit", actor=actor, now=now, text=claim.visit_note)


def close(claim: Claim, *, actor: Actor, now: datetime) -> None:
    """Close a paid claim."""
    require(actor, rights.CLAIMS, claim.org)
    states.move(claim, "close", actor=actor, now=now, closed_at=now)


def _words(text: str, wanted: str) -> str:
    words = tidy(text)[:300]
    if not words:
        raise RuleBroken(wanted, field="text")
    return words


def _amount(fen: int, most: int) -> None:
    if not 0 < fen <= most:
        raise RuleBroken(_("金额要大于 0，最多 %(yuan)s。", yuan=yuan(most)), field="yuan")


def _another(claim: Claim, actor: Actor) -> None:
    """After an appeal, who refused does not decide again."""
    if claim.appealed_at is not None and claim.refused_by is not None and claim.refused_by == actor.account_id:
        raise NotAllowed(_("上一次是你拒绝的，申诉要由另一位同事复核。"))


def _second(claim: Claim, actor: Actor) -> None:
    if claim.checked_by is not None and claim.checked_by == actor.account_id:
        raise NotAllowed(_("初审是你做的，复审要由另一位同事来做。"))


def _still_covered(claim: Claim, now: datetime) -> None:
    """A membership that was suspended meanwhile stops the payment; who left after the event is still covered."""
    if claim.member_id is None:
        raise NotFound()
    found = facts.verdict(claim.benefit, claim.member_id, story(claim).happened, clock.local_day(claim.submitted_at or now))
    stopping = [reason.words for reason in found.reasons if reason.code in STOPPING]
    if stopping:
        raise RuleBroken(_("这位会员现在的会籍不能享受：%(why)s", why=stopping[0]), code="cover")


PUBLICITY = PublicityKind(KIND, _l("会员福利"), (_l("姓名"), _l("所在工会"), _l("项目"), _l("金额")), publicity_ended)
