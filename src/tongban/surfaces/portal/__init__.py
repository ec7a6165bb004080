"""The residents' door: home, search, guides, applications, progress, my data, verification.

Owns: pages and their words. Does not own: rules; every write is one call of a context's api.
"""
