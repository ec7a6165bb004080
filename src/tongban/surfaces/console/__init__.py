"""The stewards' and officials' door: catalogue, data quality, operations.

Owns: pages and their words. Does not own: rules; every write is one call of a context's api.
"""
