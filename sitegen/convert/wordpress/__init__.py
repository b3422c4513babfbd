"""WordPress exports: their items, blocks, shortcodes, fields and comments."""
