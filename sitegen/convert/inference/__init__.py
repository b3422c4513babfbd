"""What plain lines say: title, date, authors, captions and body, learnt over a site's articles."""
