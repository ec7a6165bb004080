"""Receivers of the sign-in library."""
