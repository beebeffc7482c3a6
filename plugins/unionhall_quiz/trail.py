"""What the desk's audit trail calls the acts of the plugin, and what they are done to."""

from __future__ import annotations

from unionhall.plugin import AuditWords, Text
from unionhall_quiz.bank import words as bank
from unionhall_quiz.figures import words as figures
from unionhall_quiz.play import words as play

PARTS = (bank, play, figures)
_ACTS: dict[str, Text] = {f"quiz.{act}": word for part in PARTS for act, word in part.WORDS.items()}
_OBJECTS: dict[str, Text] = {name: word for part in PARTS for name, word in part.OBJECTS.items()}

WORDS = AuditWords(_ACTS, _OBJECTS, play.STATES)
