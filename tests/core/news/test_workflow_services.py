"""The state machine: every action in every state, by the table in features.md, section 1."""

from __future__ import annotations

from datetime import timedelta

import pytest

from unionhall.base import clock
from unionhall.base.errors import Conflict, NotAllowed
from unionhall.hooks.types import SYSTEM, Role
from unionhall.news import editing, publishing, review, rights
from unionhall.news.models import State
from unionhall.news.rights import ACTIONS
from unionhall.testing.factories import actor_of

S = State
TABLE = {
    "submit": {S.DRAFT: S.SUBMITTED, S.RETURNED: S.SUBMITTED},
    "recall": {S.SUBMITTED: S.DRAFT},
    "pass": {S.SUBMITTED: S.APPROVED},
    "return": {S.SUBMITTED: S.RETURNED, S.APPROVED: S.RETURNED, S.SCHEDULED: S.RETURNED},
    "schedule": {S.APPROVED: S.SCHEDULED, S.SCHEDULED: S.SCHEDULED},
    "unschedule": {S.SCHEDULED: S.APPROVED},
    "publish": {S.APPROVED: S.PUBLISHED, S.SCHEDULED: S.PUBLISHED},
    "correct": {S.PUBLISHED: S.CORRECTED, S.CORRECTED: S.CORRECTED},
    "withdraw": {S.PUBLISHED: S.WITHDRAWN, S.CORRECTED: S.WITHDRAWN},
    "reinstate": {S.WITHDRAWN: S.PUBLISHED},
    "archive": dict.fromkeys((S.DRAFT, S.RETURNED, S.PUBLISHED, S.CORRECTED, S.WITHDRAWN), S.ARCHIVED),
}
NEEDS = {
    "submit": rights.EDIT, "recall": rights.EDIT, "return": rights.REVIEW, "pass": rights.REVIEW,
    **dict.fromkeys(("schedule", "unschedule", "publish", "correct", "withdraw", "reinstate", "archive"), rights.PUBLISH),
}


def take(name, article, actor, now):
    """Take one step the way a route would."""
    if name == "correct" and article.is_live:
        content = editing.contents.of(article.head)
        changed = editing.contents.replace(content, headline=content.headline + "改")
        editing.save(article, changed, base_id=article.head_id, actor=SYSTEM, now=now)
    acts = {
        "submit": lambda: review.submit(article, actor=actor, now=now),
        "recall": lambda: review.recall(article, actor=actor, now=now),
        "pass": lambda: review.pass_step(article, revision_id=article.head_id, actor=actor, now=now),
        "return": lambda: review.give_back(article, reason="请补来源。", actor=actor, now=now),
        "schedule": lambda: publishing.schedule(article, publish_at=now + timedelta(hours=2), actor=actor, now=now),
        "unschedule": lambda: publishing.unschedule(article, actor=actor, now=now),
        "publish": lambda: publishing.publish(article, actor=actor, now=now),
        "correct": lambda: publishing.correct(article, note="改一字。", revision_id=article.head_id, actor=actor, now=now),
        "withdraw": lambda: publishing.withdraw(article, reason="有误。", actor=actor, now=now),
        "reinstate": lambda: publishing.reinstate(article, reason="核实无误。", actor=actor, now=now),
        "archive": lambda: publishing.archive(article, actor=actor, now=now),
    }
    acts[name]()


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("name", list(TABLE))
def test_each_action_in_each_state(work, make, name, state):
    with work():
        article = make.article(state=state)
        wanted = TABLE[name].get(state)
        if wanted is None:
            with pytest.raises(Conflict):
                take(name, article, SYSTEM, clock.now())
            assert article.state == state
        else:
            take(name, article, SYSTEM, clock.now())
            assert article.state == wanted


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("name", list(TABLE))
def test_each_action_by_each_role(work, make, name, role):
    with work():
        org, elsewhere = make.org(), make.org()
        here, there = make.actor(role, org), make.actor(role, elsewhere)
        state = next(iter(TABLE[name]))
        allowed = NEEDS[name] in here.grants[0].permissions
        article = make.article(org, state=state)
        with pytest.raises(NotAllowed):
            take(name, article, there, clock.now())
        assert article.state == state
        if allowed:
            take(name, article, here, clock.now())
        else:
            with pytest.raises(NotAllowed):
                take(name, article, here, clock.now())
        assert article.state == (TABLE[name][state] if allowed else state)


def test_the_buttons_are_those_that_work(work, make):
    with work():
        org = make.org()
        editor = make.actor(Role.EDITOR, org)
        for state in State:
            article = make.article(org, state=state)
            shown = {action.name for action in rights.open_actions(editor, article)}
            assert shown == {name for name in ACTIONS if state in TABLE[name]}


def test_an_author_may_submit_and_recall_but_nothing_else(work, make):
    with work():
        org = make.org()
        account = make.account(Role.CORRESPONDENT, org)
        author = actor_of(account, clock.now())
        for state in State:
            article = make.article(org, author=account, state=state)
            shown = {action.name for action in rights.open_actions(author, article)}
            assert shown == {name for name in ("submit", "recall") if state in TABLE[name]}
