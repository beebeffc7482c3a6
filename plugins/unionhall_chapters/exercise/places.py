"""Where pictures of courses are shown, for the media library."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flask import url_for
from sqlalchemy import select

from unionhall.plugin import Actor, MediaPlace, scoped, session
from unionhall_chapters import rights
from unionhall_chapters.exercise.models import ExerciseCourse


def media_places(ids: Sequence[int], actor: Actor) -> Iterable[MediaPlace]:
    """Yield the courses that the actor may know of."""
    wanted = scoped(select(ExerciseCourse).where(ExerciseCourse.id.in_(list(ids))), ExerciseCourse, actor, rights.READ)
    for course in session().scalars(wanted):
        yield MediaPlace(course.id, course.title, url_for("chapters_desk.edit_course", course_id=course.id), public=course.shown)
