"""Coupons at a till."""
