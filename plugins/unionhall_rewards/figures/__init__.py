"""Figures of rewards."""
