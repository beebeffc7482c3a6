"""Fixtures and factories for tests of the core, of plugins and of themes; loaded as a pytest plugin."""
