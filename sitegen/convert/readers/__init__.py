"""One reader a format: each turns its format into documents, and knows nothing of what comes after."""
