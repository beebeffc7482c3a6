"""Hall: the bundled theme, warm paper and one red."""
