"""The rules."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _

from unionhall.plugin import Actor, RuleBroken, note_media, purge_pages, record_audit, session, tidy
from unionhall_sample.models import Suggestion


def suggest(org_id: int, text: str, *, article_id: int | None, actor: Actor, now: datetime) -> Suggestion:
    """Keep a suggestion. Raises RuleBroken for an empty or a very long one."""
    text = tidy(text)
    if not 1 <= len(text) <= 500:
        raise RuleBroken(_("建议写 1 到 500 个字。"), field="text")
    row = Suggestion(org_id=org_id, article_id=article_id, text=text, at=now)
    session().add(row)
    session().flush()
    record_audit("sample.suggested", f"sample_suggestion:{row.id}", actor=actor, now=now, org_id=org_id)
    return row


def show(suggestion: Suggestion, picture_id: int | None, papers: list[int], *, actor: Actor, now: datetime) -> None:
    """Show what came of a suggestion that the actor looks after. Raises Conflict when an asset was deleted this moment."""
    suggestion.picture_id, suggestion.papers = picture_id, list(papers)
    session().flush()
    note_media("sample.suggestion", suggestion.id, [*papers, *([picture_id] if picture_id else [])])
    purge_pages(f"sample:suggestion:{suggestion.id}")
    record_audit("sample.shown", f"sample_suggestion:{suggestion.id}", actor=actor, now=now, org_id=suggestion.org_id)
