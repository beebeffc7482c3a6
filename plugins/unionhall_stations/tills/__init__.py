"""Stores, clerks, tills: who stands at the counter."""
