"""Other generators' sites: their front matter, shortcodes and addresses."""
