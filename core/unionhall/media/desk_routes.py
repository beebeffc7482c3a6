"""All routes of the library in the desk, on one blueprint."""

from unionhall.media import desk, desk_asset, desk_bulk, desk_choose, desk_folders, desk_upload
from unionhall.media.desk_blueprint import bp

__all__ = ["bp", "desk", "desk_asset", "desk_bulk", "desk_choose", "desk_folders", "desk_upload"]
