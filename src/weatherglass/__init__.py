"""Account health you can read before the storm."""
