"""Rows on their way into the store: files, the log of what came in live, what is let in and what is not."""
