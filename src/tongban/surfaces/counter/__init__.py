"""The window clerk's door: intake of any service, on the same case as online.

Owns: pages and their words. Does not own: rules; every write is one call of a context's api.
"""
