"""Raw articles to Markdown with front matter.

    sources/      what was given: files, folders, archives, the web
    readers/      one a format -> documents, with rooms of their own for what is large:
                  html/  wordpress/  exports/  generators/
    inference/    plain lines -> fields and body, learnt over the collection
    writing/      articles -> files, merged with people's edits

`importing` runs all of it: `gathering` reads, `drawing` learns and infers, `resolve` and `near` look over the
collection, `putting` writes, `report` tells.
"""
