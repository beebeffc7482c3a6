"""What the desk's audit trail calls the acts of the plugin, and what they are done to."""

from __future__ import annotations

from unionhall.plugin import AuditWords, Text
from unionhall_stations.directory import words as directory
from unionhall_stations.faults import words as faults
from unionhall_stations.figures import words as figures
from unionhall_stations.inspections import words as inspections
from unionhall_stations.ratings import words as ratings
from unionhall_stations.tills import words as tills

PARTS = (directory, tills, inspections, ratings, faults, figures)
_ACTS: dict[str, Text] = {f"stations.{act}": word for part in PARTS for act, word in part.WORDS.items()}
_OBJECTS: dict[str, Text] = {name: word for part in PARTS for name, word in part.OBJECTS.items()}

WORDS = AuditWords(_ACTS, _OBJECTS, directory.STATES)
