"""Channels that bring a notice to its recipient."""
