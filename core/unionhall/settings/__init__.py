"""Settings: what editors and administrators choose in the desk, as JSON values with strict keys."""
