"""What stands around every page of one chapter: in the desk its head and tabs, for readers the way to it."""

from __future__ import annotations

from dataclasses import dataclass

from unionhall.plugin import Org, current_actor, orgs_by_ids
from unionhall_chapters import labels, tabs
from unionhall_chapters.blueprints import desk, site
from unionhall_chapters.models import Chapter


@dataclass(frozen=True, slots=True)
class Frame:
    """The head of a chapter's desk pages."""

    org: Org
    parent: Org
    state: str
    tone: str
    tabs: list[tuple[str, str, str]]


def frame(chapter: Chapter) -> Frame:
    """Return what `chapters/desk/chapter.html` shows around a panel, for whoever looks."""
    found = orgs_by_ids([chapter.org_id, chapter.parent_id])
    org, (word, tone) = found[chapter.org_id], labels.STATES[chapter.state]
    return Frame(org, found[chapter.parent_id], str(word), tone, tabs.of(chapter, current_actor(), org.path))


desk.add_app_template_global(frame, "chapters_frame")
site.add_app_template_global(labels.name, "chapters_name")
site.add_app_template_global(labels.tone, "chapters_tone")
