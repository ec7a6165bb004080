"""Vendors behind identity: sign-in library, real-name sources."""
