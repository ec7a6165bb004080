"""How exchange reaches the gateway."""
