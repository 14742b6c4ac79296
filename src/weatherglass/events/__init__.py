"""The wire and row types, and what is legal in them. No I/O."""
