"""What templates may ask, and how pages, feeds and site maps are rendered from it."""
