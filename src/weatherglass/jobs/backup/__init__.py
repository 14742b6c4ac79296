"""Backups, and stores made of them."""
