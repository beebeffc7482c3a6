"""Every route of the desk: importing this module registers them."""

from unionhall_chapters import shell  # noqa: F401
from unionhall_chapters.joining import desk, desk_founding, desk_members, desk_officers, desk_page  # noqa: F401
