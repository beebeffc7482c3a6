"""The site's theme: which there are, which is in force, how one is tried, chosen and made."""
