"""Campaigns: a period, a state, and ordered components."""
