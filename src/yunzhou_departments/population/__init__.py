"""The synthetic population: what is true of each person, household, enterprise and home, before departments hold it.

Owns: names, places, families, careers, homes, and the list of disagreements that departments are given.
Does not own: how a department stores any of it (each system's own package does).
"""
