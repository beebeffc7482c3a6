"""Migrations of the chapters plugin."""
