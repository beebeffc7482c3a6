"""@NAME@: a theme for UnionHall."""
