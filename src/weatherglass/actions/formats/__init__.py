"""Formats: one message as each place wants it."""
