"""Volunteer teams, shifts, swaps, and hours with a statement that can be checked."""
