"""What people are told, through which channel, and whether it arrived.

Owns: message templates in both languages, the in-app inbox, deliveries by e-mail with their retries and receipts.
Does not own: when to notify (the context in which something happened calls ``api.notify``), addresses (a port that
identity fills through assembly).

Invariants:
- One notice per idempotency key, however often the caller repeats.
- A notice holds no personal data beyond the recipient's name; values are those its template declares, nothing else.
- The inbox never depends on a channel: a notice is there even when no address is known.
"""
