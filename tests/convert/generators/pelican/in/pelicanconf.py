PATH = "content"
ARTICLE_URL = "{date:%Y}/{slug}.html"
SITEURL = ""
