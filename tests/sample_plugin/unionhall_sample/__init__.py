"""建议箱: readers leave a suggestion, editors of their org read it."""
