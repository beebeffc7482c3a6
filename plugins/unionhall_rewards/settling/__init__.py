"""Monthly statements of stores, payment, reconciliation."""
