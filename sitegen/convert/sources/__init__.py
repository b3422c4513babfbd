"""What an import is given: files, folders, archives and the web as sources, their bytes as text, their format."""
