"""The use cases: what the command line, the API and Python callers ask for."""
