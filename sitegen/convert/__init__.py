"""Raw articles to Markdown with front matter: detect, read, infer, resolve, write, report."""
