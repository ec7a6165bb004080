"""Builders of what tests need."""
