"""Offers of merchants, not paid by a fund."""
