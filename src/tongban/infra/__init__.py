"""Django glue that every context stands on.

Owns: the transactional outbox, append-only audit, idempotency keys, authorisation of views, encrypted fields, the
personal-data register, problem documents, pages of lists, health endpoints.
Does not own: any rule of a context.
"""
