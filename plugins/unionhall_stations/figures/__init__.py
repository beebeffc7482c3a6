"""Figures of stations."""
