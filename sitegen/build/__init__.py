"""From a folder to a published site: scanning, remembering, rendering in parallel, publishing."""
