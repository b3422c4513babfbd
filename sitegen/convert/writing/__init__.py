"""Articles on disk: Markdown files and the files beside them, merged with what people made of them."""
