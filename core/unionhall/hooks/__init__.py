"""What crosses the seam between host, core features and plugins: hook specifications and frozen types."""
