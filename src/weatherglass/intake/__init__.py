"""What arrives, made safe on disk before it is answered for."""
