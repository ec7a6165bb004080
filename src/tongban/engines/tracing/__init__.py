"""Watermark codes, canaries and leak attribution. Pure."""
