"""What is there, how well it reaches accounts, and what is missing."""
