"""What every process needs before it knows any context: settings, logs, metrics, PostgreSQL, files.

Owns: reading the environment, secrets on disk, process supervision. Does not own: Django, tables of contexts.
"""
