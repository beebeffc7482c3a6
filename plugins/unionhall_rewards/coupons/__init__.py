"""Kinds of coupons, and the coupons that members hold."""
