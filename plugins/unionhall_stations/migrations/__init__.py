"""Migrations of the stations plugin."""
