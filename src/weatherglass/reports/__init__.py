"""One self-contained HTML page about a portfolio's health: Arrow and Python in, text out."""
