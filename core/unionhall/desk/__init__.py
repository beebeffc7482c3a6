"""The desk (编务台): the CMS's shell for editors: layout, menu, dashboard, list and form helpers. It knows no feature."""
