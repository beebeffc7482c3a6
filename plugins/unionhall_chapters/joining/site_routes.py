"""Every route for readers and members: importing this module registers them."""

from unionhall_chapters import shell  # noqa: F401
from unionhall_chapters.joining import site, site_join  # noqa: F401
