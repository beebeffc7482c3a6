"""A new plugin, whole and small: `unionhall plugins new NAME` writes it as a distribution of its own."""
