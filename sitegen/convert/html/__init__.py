"""An HTML page: its leaf blocks, which of them are the article, the fields that it states, and its Markdown."""
