"""The approver's door: tasks, decisions.

Owns: pages and their words. Does not own: rules; every write is one call of a context's api.
"""
