"""Rounds, daily papers, attempts."""
