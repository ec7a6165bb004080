"""Rules of the resource catalogue."""
