"""Migrations of the rewards plugin."""
