"""A store while it is served: one writer, many readers, and scores that follow what arrives."""
