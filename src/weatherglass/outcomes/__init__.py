"""What became of accounts, and how well a score had foreseen it: arrays in, arrays and plain numbers out."""
