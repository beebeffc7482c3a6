"""When orgs are merged, their topics and questions go over; and where pictures of questions are used."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import select, update

from unionhall.plugin import Actor, MediaPlace, can, orgs_by_ids, session, unscoped
from unionhall_quiz import rights
from unionhall_quiz.bank.models import Question, QuestionState, Topic


def hand_over(source_id: int, target_id: int) -> None:
    """Give an org's topics and questions to another; a topic whose name is taken there keeps its own with the org's name behind it."""
    taken = set(session().scalars(unscoped(select(Topic.name).where(Topic.org_id == target_id), why="merging")))
    source = orgs_by_ids([source_id])[source_id]
    for topic in session().scalars(unscoped(select(Topic).where(Topic.org_id == source_id), why="merging")):
        if topic.name in taken:
            topic.name = f"{topic.name[:20]}（{source.short_name[:16]}）"
        topic.org_id = target_id
    session().flush()
    over = update(Question).where(Question.org_id == source_id).values(org_id=target_id)
    session().execute(over.execution_options(synchronize_session=False))
    session().expire_all()


def places(ids: Sequence[int], actor: Actor) -> Iterator[MediaPlace]:
    """Yield those of the questions that the actor may open in the desk."""
    wanted = select(Question).where(Question.id.in_(list(ids)))
    for row in session().scalars(unscoped(wanted, why="judged below")):
        if can(actor, rights.READ, row.org):
            usable = row.state == QuestionState.APPROVED
            yield MediaPlace(row.id, row.text[:60], f"/desk/quiz/questions/{row.id}/", usable, usable)
