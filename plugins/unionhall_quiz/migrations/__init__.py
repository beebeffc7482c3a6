"""Migrations of the quiz plugin."""
