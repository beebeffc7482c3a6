"""The public shell: layout, home page, feeds, sitemap, the reader's display choices. It knows no feature."""
