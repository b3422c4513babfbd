# Nikola settings
SITE_URL = "https://tin.example/"
