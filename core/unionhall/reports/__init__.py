"""Figures for the leadership, per org and period."""
