"""Funds and their ledger."""
