"""What may be done with an article, by whom, in which state: the table that buttons and services both ask."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from unionhall.base.errors import Conflict, NotAllowed
from unionhall.hooks.types import Actor, Permission, Role, Text
from unionhall.news.models import Article, State
from unionhall.platform import access

WRITE, EDIT, REVIEW, SIGN_OFF = "news.write", "news.edit", "news.review", "news.sign_off"
PUBLISH, READ, SECTIONS, IMPORT = "news.publish", "news.read", "news.sections", "news.import"
TRANSFER = "news.transfer"

_NEWSROOM = (Role.EDITOR, Role.CHIEF_EDITOR)
PERMISSIONS = (
    Permission(WRITE, _l("写稿和投稿"), (Role.CORRESPONDENT, *_NEWSROOM)),
    Permission(READ, _l("看本组织及下级的全部稿件"), (*_NEWSROOM, Role.ORG_ADMIN, Role.AUDITOR)),
    Permission(EDIT, _l("修改本组织及下级的稿件"), _NEWSROOM),
    Permission(REVIEW, _l("初审和复审"), _NEWSROOM),
    Permission(SIGN_OFF, _l("终审签发"), (Role.CHIEF_EDITOR,)),
    Permission(PUBLISH, _l("发布、定时、更正和撤下"), _NEWSROOM),
    Permission(IMPORT, _l("导入稿件"), _NEWSROOM),
    Permission(TRANSFER, _l("整批导入和导出稿件"), (Role.CHIEF_EDITOR,)),
    Permission(SECTIONS, _l("管理栏目和审稿流程"), (Role.CHIEF_EDITOR, Role.SYSTEM_ADMIN)),
)


@dataclass(frozen=True)
class Action:
    """A step that an article can take: from which states, by which permission, and whether its author may."""

    name: str
    label: Text
    sources: frozenset[State]
    permission: str
    author_may: bool = False


def _from(*states: State) -> frozenset[State]:
    return frozenset(states)


ACTIONS = {
    action.name: action
    for action in (
        Action("submit", _l("送审"), _from(State.DRAFT, State.RETURNED), EDIT, author_may=True),
        Action("recall", _l("撤回送审"), _from(State.SUBMITTED), EDIT, author_may=True),
        Action("return", _l("退回修改"), _from(State.SUBMITTED, State.APPROVED, State.SCHEDULED), REVIEW),
        Action("schedule", _l("定时发布"), _from(State.APPROVED, State.SCHEDULED), PUBLISH),
        Action("unschedule", _l("取消定时"), _from(State.SCHEDULED), PUBLISH),
        Action("publish", _l("立即发布"), _from(State.APPROVED, State.SCHEDULED), PUBLISH),
        Action("correct", _l("发布更正"), _from(State.PUBLISHED, State.CORRECTED), PUBLISH),
        Action("withdraw", _l("撤下"), _from(State.PUBLISHED, State.CORRECTED), PUBLISH),
        Action("reinstate", _l("恢复发布"), _from(State.WITHDRAWN), PUBLISH),
        Action("archive", _l("归档"), _from(State.DRAFT, State.RETURNED, State.PUBLISHED, State.CORRECTED, State.WITHDRAWN), PUBLISH),
    )
}
EDITABLE_BY_AUTHOR = _from(State.DRAFT, State.RETURNED)
EDITABLE_BY_EDITOR = _from(State.DRAFT, State.RETURNED, State.SUBMITTED)
EDITABLE_LIVE = _from(State.PUBLISHED, State.CORRECTED, State.WITHDRAWN)


def is_author(actor: Actor, article: Article) -> bool:
    """Say whether the actor wrote this and may still write where it belongs."""
    mine = actor.account_id is not None and article.author_id == actor.account_id
    return mine and access.can(actor, WRITE, article.org)


def may_read(actor: Actor, article: Article) -> bool:
    """Say whether the actor may open the article in the desk."""
    return is_author(actor, article) or access.can(actor, READ, article.org)


def may_edit(actor: Actor, article: Article) -> bool:
    """Say whether the actor may change the content now."""
    state = State(article.state)
    if state in EDITABLE_BY_AUTHOR and is_author(actor, article):
        return True
    if state in EDITABLE_BY_EDITOR:
        return access.can(actor, EDIT, article.org)
    return state in EDITABLE_LIVE and access.can(actor, PUBLISH, article.org)


def may(actor: Actor, name: str, article: Article) -> bool:
    """Say whether the actor may take this step with the article now ("pass" has rules of its own, in review.py)."""
    action = ACTIONS[name]
    if State(article.state) not in action.sources:
        return False
    if name == "recall" and article.step > 0:
        return False
    return (action.author_may and is_author(actor, article)) or access.can(actor, action.permission, article.org)


def open_actions(actor: Actor, article: Article) -> list[Action]:
    """Return the steps that the actor may take now, for the buttons."""
    return [action for action in ACTIONS.values() if may(actor, action.name, article)]


def require(actor: Actor, name: str, article: Article) -> None:
    """Raise Conflict when the article's state does not allow the step, NotAllowed when the actor may not take it."""
    if State(article.state) not in ACTIONS[name].sources:
        raise Conflict(_("稿件的状态已经变了，可能别人刚处理过。请刷新后再看。"))
    if not may(actor, name, article):
        raise NotAllowed(_("你没有做这件事的权限。如果工作需要，请联系本级组织管理员。"))
