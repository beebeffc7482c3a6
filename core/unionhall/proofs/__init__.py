"""Checkable documents: issued once, never changed, checked by anybody who has the number, revoked with a reason."""
