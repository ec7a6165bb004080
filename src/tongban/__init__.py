"""Tongban 通办: all of a city's public services through one door."""
