"""Kiosk: what self-service terminals show, large tiles and nothing that leads out."""
