"""Playing together: unions by the share of their members that take part, streaks, stars of the month."""
