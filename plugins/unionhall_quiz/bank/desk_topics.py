"""The desk's topics."""

from __future__ import annotations

from flask import abort, flash, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.plugin import Org, UnionHallError, can, clock, current_actor, desk_scope, go, needs, org_by_path, session
from unionhall_quiz import rights
from unionhall_quiz.bank import queries, services
from unionhall_quiz.bank.forms import TopicForm
from unionhall_quiz.bank.models import Topic
from unionhall_quiz.blueprints import desk

PAGES = {"quiz_desk.questions": rights.READ, "quiz_desk.review": rights.REVIEW, "quiz_desk.topics": rights.READ}


def _may(endpoint: str) -> bool:
    return can(current_actor(), PAGES[endpoint])


def _may_at(right: str, org: Org) -> bool:
    return can(current_actor(), right, org)


desk.add_app_template_global(_may, "quiz_may")
desk.add_app_template_global(_may_at, "quiz_may_at")


@desk.get("/topics/")
@needs(rights.READ)
def topics() -> ResponseReturnValue:
    """List the topics in the scope."""
    actor = current_actor()
    scope = desk_scope(actor)
    return render_template("quiz/bank/desk_topics.html", rows=queries.topics(actor, scope), may_manage=can(actor, rights.MANAGE, scope))


@desk.route("/topics/new", methods=["GET", "POST"])
@needs(rights.MANAGE)
def new_topic() -> ResponseReturnValue:
    """Make a topic of the org that one works in."""
    return _edit(None)


@desk.route("/topics/<int:topic_id>/", methods=["GET", "POST"])
@needs(rights.MANAGE)
def edit_topic(topic_id: int) -> ResponseReturnValue:
    """Change a topic."""
    return _edit(queries.topic(topic_id, current_actor()))


def _edit(found: Topic | None) -> ResponseReturnValue:
    actor, form = current_actor(), TopicForm(obj=found)
    org = found.org if found else org_by_path(desk_scope(actor))
    if org is None or not can(actor, rights.MANAGE, org):
        abort(404)
    if form.accepted():
        try:
            services.keep_topic(
                found, org, name=form.name.data or "", name_en=form.name_en.data or "", summary=form.summary.data or "",
                position=form.position.data or 100, active=bool(form.active.data), actor=actor, now=clock.now(),
            )  # fmt: skip
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
        else:
            flash(_("主题保存好了。"), "ok")
            return go(url_for("quiz_desk.topics"))
    page = render_template("quiz/bank/desk_topic.html", form=form, topic=found, org=org)
    return page, 422 if form.problems else 200
