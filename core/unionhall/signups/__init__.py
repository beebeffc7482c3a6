"""Sign-up sheets: places, waiting lists, check-in."""
