"""Media: uploaded images, validated and re-encoded. The library with folders and choosers comes on top of this."""
