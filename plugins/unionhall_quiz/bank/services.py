"""Writing questions, and the second person who checks them. A change sends a question back to review."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import update

from unionhall.plugin import (
    Actor,
    Conflict,
    NotAllowed,
    Org,
    RuleBroken,
    clock,
    note_media,
    record_audit,
    require,
    session,
    tidy,
    update_count,
)
from unionhall_quiz import rights
from unionhall_quiz.bank import judging, queries
from unionhall_quiz.bank.judging import KEYS, Draft
from unionhall_quiz.bank.models import Question, QuestionState, Topic

KIND = "quiz.question"
QUIET = {"synchronize_session": False}


def add(org: Org, draft: Draft, *, actor: Actor, now: datetime) -> Question:
    """Write a new question of an org, as a draft. Raises RuleBroken."""
    require(actor, rights.WRITE, org)
    _check(org, draft, now)
    row = Question(org_id=org.id, org=org, author_id=actor.account_id, created_at=now, updated_at=now, **_columns(draft))
    row.state = QuestionState.DRAFT.value
    session().add(row)
    session().flush()
    note_media(KIND, row.id, media_of(row))
    record_audit("quiz.question_added", f"question:{row.id}", actor=actor, now=now, org_id=org.id)
    return row


def change(found: Question, draft: Draft, *, version: int, actor: Actor, now: datetime) -> None:
    """Change a question; one that was usable waits for review again. Papers that exist keep their copy. Raises RuleBroken, Conflict."""
    require(actor, rights.WRITE, found.org)
    _check(found.org, draft, now, but=found.id)
    before = QuestionState(found.state)
    after = QuestionState.REVIEW if before == QuestionState.APPROVED else QuestionState.DRAFT if before == QuestionState.RETIRED else before
    fresh = update(Question).where(Question.id == found.id, Question.version == version)
    values = _columns(draft) | {
        "version": version + 1, "state": after.value, "author_id": actor.account_id, "reviewed_by": None, "reviewed_at": None,
        "updated_at": now,
    }  # fmt: skip
    if not update_count(fresh.values(**values).execution_options(**QUIET)):
        raise Conflict(_("这道题刚刚有人改过。请对照新的内容，把你的改动再填一遍。"))
    session().refresh(found)
    note_media(KIND, found.id, media_of(found))
    record_audit(
        "quiz.question_changed", f"question:{found.id}", actor=actor, now=now, org_id=found.org_id, before=before.value, after=after.value
    )


def submit(found: Question, *, actor: Actor, now: datetime) -> None:
    """Send a draft to review. Raises Conflict."""
    require(actor, rights.WRITE, found.org)
    _move(found, QuestionState.DRAFT, QuestionState.REVIEW, "submitted", actor, now, returned_for="")


def approve(found: Question, *, actor: Actor, now: datetime) -> None:
    """Let a question into papers; somebody else wrote it. Raises NotAllowed, Conflict."""
    require(actor, rights.REVIEW, found.org)
    if found.author_id == actor.account_id:
        raise NotAllowed(_("自己出的题要请别人审。"))
    judging.check(draft_of(found), clock.local_day(now))
    _move(found, QuestionState.REVIEW, QuestionState.APPROVED, "approved", actor, now, reviewed_by=actor.account_id, reviewed_at=now)


def give_back(found: Question, reason: str, *, actor: Actor, now: datetime) -> None:
    """Return a question to its author with a reason. Raises RuleBroken, Conflict."""
    require(actor, rights.REVIEW, found.org)
    if not (words := tidy(reason)[:300]):
        raise RuleBroken(_("请写明哪里要改，出题人才知道怎么办。"), field="reason")
    _move(found, QuestionState.REVIEW, QuestionState.DRAFT, "returned", actor, now, returned_for=words)


def retire(found: Question, *, actor: Actor, now: datetime) -> None:
    """Take a question out of use; papers that exist keep it. Raises Conflict."""
    require(actor, rights.REVIEW, found.org)
    _move(found, QuestionState.APPROVED, QuestionState.RETIRED, "retired", actor, now)


def revive(found: Question, *, actor: Actor, now: datetime) -> None:
    """Make a retired question a draft again. Raises Conflict."""
    require(actor, rights.WRITE, found.org)
    _move(found, QuestionState.RETIRED, QuestionState.DRAFT, "revived", actor, now, reviewed_by=None, reviewed_at=None)


def _move(found: Question, before: QuestionState, after: QuestionState, act: str, actor: Actor, now: datetime, **values: Any) -> None:
    fresh = update(Question).where(Question.id == found.id, Question.state == before, Question.version == found.version)
    if not update_count(fresh.values(state=after.value, updated_at=now, **values).execution_options(**QUIET)):
        raise Conflict(_("这道题刚刚有人处理过，请刷新看看。"))
    session().refresh(found)
    record_audit(
        f"quiz.question_{act}", f"question:{found.id}", actor=actor, now=now, org_id=found.org_id, before=before.value, after=after.value
    )


def keep_topic(
    found: Topic | None, org: Org, *, name: str, name_en: str, summary: str, position: int, active: bool, actor: Actor, now: datetime
) -> Topic:
    """Make a topic of an org, or change one. Raises RuleBroken for a name that is taken."""
    require(actor, rights.MANAGE, org)
    words = tidy(name)[:40]
    if not words:
        raise RuleBroken(_("还没有写主题的名称。"), field="name")
    twin = next((row for row in queries.topics_for(org, active=False) if row.name == words and row is not found), None)
    if twin is not None:
        raise RuleBroken(_("已经有叫“%(name)s”的主题了（%(org)s）。", name=words, org=twin.org.short_name), field="name")
    row = found or Topic(org_id=org.id, org=org)
    row.name, row.name_en, row.summary, row.position, row.active = words, tidy(name_en)[:80], tidy(summary)[:200], position, active
    session().add(row)
    session().flush()
    record_audit("quiz.topic_kept", f"topic:{row.id}", actor=actor, now=now, org_id=org.id, name=words)
    return row


def draft_of(found: Question) -> Draft:
    """Return a question as its author wrote it."""
    options = tuple(judging.Option(item.get("text", ""), item.get("media_id")) for item in found.options)
    right = tuple(KEYS.index(key) for key in found.answer if key in KEYS)
    return Draft(
        found.topic_id, found.kind, found.text, options, right, found.explanation, found.article_url, found.article_title,
        found.difficulty, found.valid_until, found.media_id,
    )  # fmt: skip


def media_of(found: Question) -> list[int]:
    """Return the pictures that a question shows."""
    return [item for item in (found.media_id, *(option.get("media_id") for option in found.options)) if item]


def _check(org: Org, draft: Draft, now: datetime, *, but: int = 0) -> None:
    judging.check(draft, clock.local_day(now))
    if draft.topic_id not in {row.id for row in queries.topics_for(org)}:
        raise RuleBroken(_("请选一个主题。"), field="topic_id")
    twin = queries.same(draft.fingerprint, queries.paths_to(org), but=but)
    if twin is not None:
        raise RuleBroken(_("题库里已经有一样的题：第 %(n)s 号。", n=twin.id), field="text", code="question-twice")


def _columns(draft: Draft) -> dict[str, Any]:
    options = [{"key": KEYS[place], "text": tidy(item.text)[: judging.LONGEST_OPTION], "media_id": item.media_id}
               for place, item in enumerate(draft.options)]  # fmt: skip
    return {
        "topic_id": draft.topic_id, "kind": draft.kind, "text": tidy(draft.text, one_line=False)[: judging.LONGEST], "options": options,
        "answer": draft.answer, "explanation": tidy(draft.explanation, one_line=False)[:2000], "article_url": draft.article_url[:300],
        "article_title": tidy(draft.article_title)[:120], "difficulty": draft.difficulty, "valid_until": draft.valid_until,
        "media_id": draft.media_id, "fingerprint": draft.fingerprint,
    }  # fmt: skip
