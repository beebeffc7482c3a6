"""Articles that come from elsewhere and go elsewhere: WordPress exports and Markdown folders in, JSON lines out.

`wxr` and `markdown` read a format and give records and problems; `arriving` makes articles of records, each once.
"""
