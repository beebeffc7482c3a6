"""Monthly inspections with photos, score and fix-by dates."""
