"""Stations, services, opening hours: what members find."""
