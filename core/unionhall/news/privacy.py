"""What the news hold about a person: what they wrote and reviewed. Published names are public record and stay."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, select

from unionhall.base import db
from unionhall.hooks.people import Kept, Person
from unionhall.news.labels import STATES
from unionhall.news.models import Article, Autosave, Byline, Revision, Transition
from unionhall.platform.access import unscoped
from unionhall.site.formatting import moment


def export(person: Person) -> Mapping[str, Any]:
    """Return the articles somebody wrote, where they are credited, and their steps in reviews."""
    if person.account_id is None:
        return {}
    live = Revision.id == Article.head_id
    wrote = select(Article.state, Article.created_at, Revision.headline).join(Revision, live).where(Article.author_id == person.account_id)
    signed = select(Byline.name, Revision.headline).join(Revision).where(Byline.account_id == person.account_id)
    steps = select(Transition.at, Transition.action, Transition.note).where(Transition.account_id == person.account_id)
    rows = db.session().execute(unscoped(wrote.order_by(Article.id), why="oneself"))
    found: dict[str, Any] = {
        _("写的稿件"): [{_("标题"): row.headline, _("状态"): str(STATES[row.state]), _("建立"): moment(row.created_at)} for row in rows],
        _("署名"): [{_("姓名"): row.name, _("标题"): row.headline} for row in db.session().execute(signed.distinct())],
        _("审稿"): [{_("时间"): moment(row.at), _("动作"): row.action, _("意见"): row.note} for row in db.session().execute(steps)],
    }
    return found if any(found.values()) else {}


def erase(person: Person, now: datetime) -> Iterable[Kept]:
    """Remove what was typed and never saved; names under published articles stay, by request they are corrected."""
    if person.account_id is None:
        return []
    db.session().execute(delete(Autosave).where(Autosave.account_id == person.account_id))
    signed = db.session().scalar(select(Byline.revision_id).where(Byline.account_id == person.account_id).limit(1))
    if signed is None:
        return []
    return [
        Kept(
            _("已发布稿件上的署名"),
            _("《著作权法》第十条：署名是作者的权利，发布过的稿件是公开记录。要改署名，请联系编辑部更正。"),
        )
    ]
