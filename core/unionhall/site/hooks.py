"""Wiring of the public shell."""
