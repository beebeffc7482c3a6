"""The roster's routes in the desk: imported for what they register."""

from unionhall.members import corrections_desk, desk, desk_imports, desk_member, desk_steps, desk_transfers
from unionhall.members.desk_blueprint import bp

__all__ = ["bp", "corrections_desk", "desk", "desk_imports", "desk_member", "desk_steps", "desk_transfers"]
