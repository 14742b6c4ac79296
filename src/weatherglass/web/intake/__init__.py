"""What takes events and facts in, as the clients that exist send them."""
