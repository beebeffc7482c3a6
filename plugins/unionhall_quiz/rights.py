"""Who may do what with quizzes, at the org of a question or a round and below it."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from unionhall.plugin import Permission, Role, RoleKind

EXAMINER = "quiz.examiner"
READ, WRITE, REVIEW, MANAGE = "quiz.read", "quiz.write", "quiz.review", "quiz.manage"

ROLES = (RoleKind(EXAMINER, _l("出题人"), _l("出题、审别人出的题、排每日一答"), brings=("desk.enter", "media.use", "news.write")),)
PERMISSIONS = (
    Permission(READ, _l("看题库和答题情况"), (Role.ORG_ADMIN, Role.AUDITOR, Role.CHIEF_EDITOR, Role.EDITOR, EXAMINER)),
    Permission(WRITE, _l("出题"), (Role.ORG_ADMIN, Role.CHIEF_EDITOR, Role.EDITOR, EXAMINER)),
    Permission(REVIEW, _l("审题（不能审自己出的）"), (Role.ORG_ADMIN, Role.CHIEF_EDITOR, EXAMINER)),
    Permission(MANAGE, _l("排每日一答，看可疑答题"), (Role.ORG_ADMIN, EXAMINER)),
)
