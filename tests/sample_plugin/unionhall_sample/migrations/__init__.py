"""Migrations of the sample plugin."""
