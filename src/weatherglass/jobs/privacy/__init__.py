"""What is held of a person, and its end: export, erasure, retention."""
