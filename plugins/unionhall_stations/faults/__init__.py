"""What members report as broken, and how it is mended."""
