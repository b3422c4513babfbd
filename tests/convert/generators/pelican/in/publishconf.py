SITEURL = "https://crumb.example"
