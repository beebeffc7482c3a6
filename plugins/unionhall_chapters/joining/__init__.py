"""Joining a chapter, leaving it, its roster and its office holders."""
