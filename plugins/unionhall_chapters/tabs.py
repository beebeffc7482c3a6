"""The tabs of a chapter's desk pages: each part adds a line."""

from __future__ import annotations

from flask import current_app, url_for
from flask_babel import lazy_gettext as _l

from unionhall.plugin import Actor, can
from unionhall_chapters import rights
from unionhall_chapters.models import Chapter

TABS = (
    ("chapters_desk.chapter", _l("概况"), rights.READ),
    ("chapters_desk.members", _l("会员"), rights.READ),
    ("chapters_desk.applications", _l("申请"), rights.MANAGE),
    ("chapters_desk.officers", _l("任职"), rights.READ),
    ("chapters_desk.edit_page", _l("主页"), rights.MANAGE),
    ("chapters_desk.rules", _l("章程"), rights.MANAGE),
    ("chapters_desk.activities", _l("活动"), rights.LEAD),
    ("chapters_desk.volunteers", _l("志愿服务"), rights.LEAD),
    ("chapters_desk.claims_of_chapter", _l("福利申请"), rights.CLAIMS),
)


def of(chapter: Chapter, actor: Actor, org_path: str) -> list[tuple[str, str, str]]:
    """Return (endpoint, label, address) of the tabs that the actor may open."""
    return [
        (endpoint, str(label), url_for(endpoint, chapter_id=chapter.id))
        for endpoint, label, permission in TABS
        if endpoint in current_app.view_functions and can(actor, permission, org_path)
    ]
