"""The core's Alembic home; its `env.py` serves the core and every plugin."""
