"""Figures of chapters: for the report, and side by side in the desk; each level counts a person once."""
