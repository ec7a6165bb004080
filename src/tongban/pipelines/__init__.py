"""Batch data work over wire tables, for the hub. No Django."""
