"""Departments' sites that sign people in: asked for by a steward, decided by the city's office."""
