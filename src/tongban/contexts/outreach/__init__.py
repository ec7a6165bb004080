"""Bringing services to people.

Owns: campaigns and channels, points, verifiable draws, helpers.
Does not own: the identity of helpers (identity's mandates).
Invariants: a draw can be checked by anyone afterwards.
"""
