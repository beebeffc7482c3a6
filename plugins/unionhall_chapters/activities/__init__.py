"""Activities of a chapter: single ones and weekly series, each day with a sign-up sheet of its own."""
