"""News: from a correspondent's draft through review to a reader's phone."""
