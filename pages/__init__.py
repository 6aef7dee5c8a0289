"""The pages: one file a page, reading from top to bottom like the page itself."""
