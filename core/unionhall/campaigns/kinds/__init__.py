"""The kinds of components that the core brings, one file each; `every.py` lists them."""
