"""Founding a chapter: a request, what the union above says to it, and the chapter with its own org that comes of a yes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import select, update

from unionhall.plugin import (
    SYSTEM,
    Actor,
    Conflict,
    NotAllowed,
    NotFound,
    Org,
    OrgFields,
    OrgKind,
    RuleBroken,
    found_org,
    notify,
    orgs_by_ids,
    record_audit,
    require,
    scoped,
    session,
    tidy,
    update_count,
    who_may,
)
from unionhall_chapters import pages, rights
from unionhall_chapters.joining import standing
from unionhall_chapters.joining.choices import founders_min
from unionhall_chapters.joining.models import Founding, FoundingState
from unionhall_chapters.models import Chapter, ChapterState

EDITABLE = (FoundingState.PREPARING, FoundingState.RETURNED)
ANSWERS = {"approve": FoundingState.APPROVED, "return": FoundingState.RETURNED, "refuse": FoundingState.REFUSED}


@dataclass(frozen=True, slots=True)
class Request:
    """What the preparatory group puts down."""

    name: str
    seal: str
    kind: str
    aims: str = ""
    prepared_by: str = ""
    contact: str = ""
    founders: int = 0
    joint: bool = False
    congress_planned: date | None = None


def prepare(parent: Org, asked: Request, *, actor: Actor, now: datetime) -> Founding:
    """Begin a request below a union. Raises NotAllowed, RuleBroken."""
    require(actor, rights.MANAGE, parent)
    if not parent.active:
        raise RuleBroken(_("“%(name)s”已关闭或已合并，不能在下面成立协会。", name=parent.name), field="parent_id")
    made = Founding(org_id=parent.id, created_by=actor.account_id, created_at=now, updated_at=now, **_filled(asked))
    session().add(made)
    session().flush()
    record_audit("chapters.prepared", f"founding:{made.id}", actor=actor, now=now, org_id=parent.id)
    return made


def change(founding: Founding, asked: Request, *, version: int, actor: Actor, now: datetime) -> None:
    """Change a request that is not with the union above. Raises Conflict, NotAllowed, RuleBroken."""
    require(actor, rights.MANAGE, _parent(founding))
    statement = update(Founding).where(
        Founding.id == founding.id, Founding.version == version, Founding.state.in_([state.value for state in EDITABLE])
    ).values(**_filled(asked), version=version + 1, updated_at=now)  # fmt: skip
    _one(statement, founding, _("你打开这一页之后，申请被改过或已经送审。请刷新后再看。"))


def apply(founding: Founding, *, actor: Actor, now: datetime) -> None:
    """Send a request to the union above. Raises NotAllowed, RuleBroken when something is missing, Conflict."""
    parent = _parent(founding)
    require(actor, rights.MANAGE, parent)
    least = founders_min()
    if founding.founders < least and not founding.joint:
        why = _("发起会员 %(n)s 人，不到 %(least)s 人。人数不够可以办成联合工会，请勾选。", n=founding.founders, least=least)
        raise RuleBroken(why, field="founders")
    if not founding.prepared_by or not founding.aims:
        raise RuleBroken(_("还没有写筹备组成员或宗旨。请补上再送审。"), field="prepared_by")
    if founding.congress_planned is None:
        raise RuleBroken(_("还没有写成立大会的日期。请补上再送审。"), field="congress_planned")
    statement = update(Founding).where(
        Founding.id == founding.id, Founding.state.in_([state.value for state in EDITABLE])
    ).values(state=FoundingState.APPLIED.value, applied_by=actor.account_id, applied_at=now, updated_at=now)  # fmt: skip
    _one(statement, founding, _("申请已经送审了。请刷新后再看。"))
    record_audit("chapters.applied", f"founding:{founding.id}", actor=actor, now=now, org_id=parent.id)
    others = [each for each in who_may(rights.FOUND, parent.id, now) if each != actor.account_id]
    notify(
        "chapters.founding_asked", others, {"chapter": founding.name, "who": actor.name}, key=f"{founding.id}:{now:%Y%m%d%H%M%S}",
        now=now, url=f"/desk/chapters/founding/{founding.id}", org_id=parent.id,
    )  # fmt: skip


def answer(founding: Founding, verdict: str, *, reason: str = "", actor: Actor, now: datetime) -> Chapter | None:
    """Approve, return or refuse a request; a yes founds the chapter's org. Raises NotAllowed for who applied, RuleBroken, Conflict."""
    parent, words = _parent(founding), tidy(reason)[:200]
    require(actor, rights.FOUND, parent)
    if actor.account_id is not None and actor.account_id in {founding.applied_by, founding.created_by}:
        raise NotAllowed(_("申请人不能审批自己的申请。请另一位有权限的同志来审。"))
    if verdict != "approve" and not words:
        raise RuleBroken(_("请写明原因，申请人会看到。"), field="reason")
    if founding.state != FoundingState.APPLIED:
        raise Conflict(_("这份申请现在不在审批中。请刷新后再看。"))
    chapter = _chapter_of(founding, parent, now) if verdict == "approve" else None
    statement = update(Founding).where(Founding.id == founding.id, Founding.state == FoundingState.APPLIED.value).values(
        state=ANSWERS[verdict].value, answer=words, decided_by=actor.account_id, decided_at=now, updated_at=now,
        chapter_id=chapter.id if chapter else None,
    )  # fmt: skip
    _one(statement, founding, _("这份申请刚刚有人审过了。请刷新后再看。"))
    if chapter:
        standing.note(chapter, "approved", reason=words, actor=actor, now=now)
    record_audit(f"chapters.founding_{verdict}", f"founding:{founding.id}", actor=actor, now=now, org_id=parent.id)
    if founding.applied_by:
        kind = "chapters.founding_approved" if chapter else "chapters.founding_back"
        values = {"chapter": founding.name} if chapter else {"chapter": founding.name, "reason": words}
        notify(kind, [founding.applied_by], values, key=f"{founding.id}:{now:%Y%m%d%H%M%S}", now=now,
               url=f"/desk/chapters/founding/{founding.id}", org_id=parent.id)  # fmt: skip
    return chapter


def _chapter_of(founding: Founding, parent: Org, now: datetime) -> Chapter:
    fields = OrgFields(name=founding.name, short_name=founding.name[:40], kind=OrgKind.ASSOCIATION, summary=founding.aims[:200])
    org = found_org(parent, fields, actor=SYSTEM, now=now)
    made = Chapter(
        org_id=org.id, parent_id=parent.id, slug=org.slug if org.slug not in pages.RESERVED else f"{org.slug}-{org.id}",
        name=founding.name, seal=founding.seal, kind=founding.kind, state=ChapterState.APPROVED.value, summary=founding.aims[:200],
        contact=founding.contact, created_at=now, updated_at=now,
    )  # fmt: skip
    session().add(made)
    session().flush()
    return made


def get(founding_id: int, actor: Actor, permission: str = rights.MANAGE) -> Founding:
    """Return a request where the actor holds the permission. Raises NotFound."""
    found = session().scalar(scoped(select(Founding).where(Founding.id == founding_id), Founding, actor, permission))
    if found is None:
        raise NotFound()
    return found


def listed(actor: Actor, below: str) -> list[Founding]:
    """Return the requests in scope that have not become chapters, those that wait for an answer first."""
    wanted = select(Founding).where(Founding.state != FoundingState.APPROVED.value)
    ordered = wanted.order_by(Founding.state != FoundingState.APPLIED.value, Founding.id.desc()).limit(100)
    return list(session().scalars(scoped(ordered, Founding, actor, rights.MANAGE, below)))


def _parent(founding: Founding) -> Org:
    return orgs_by_ids([founding.org_id])[founding.org_id]


def _filled(asked: Request) -> dict[str, object]:
    name = tidy(asked.name)[:120]
    if not name:
        raise RuleBroken(_("请填写协会名称。"), field="name")
    if asked.founders < 0:
        raise RuleBroken(_("发起会员的人数不对。"), field="founders")
    return {
        "name": name, "seal": (tidy(asked.seal) or name)[:1], "kind": asked.kind, "aims": tidy(asked.aims, one_line=False)[:4000],
        "prepared_by": tidy(asked.prepared_by, one_line=False)[:400], "contact": tidy(asked.contact)[:120], "founders": asked.founders,
        "joint": asked.joint, "congress_planned": asked.congress_planned,
    }  # fmt: skip


def _one(statement: object, founding: Founding, otherwise: str) -> None:
    changed = update_count(statement.execution_options(synchronize_session=False))  # type: ignore[attr-defined]
    if changed != 1:
        raise Conflict(otherwise)
    session().refresh(founding)
