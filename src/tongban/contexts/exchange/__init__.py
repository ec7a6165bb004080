"""Who may read which data for what, and who did.

Owns: purposes and their tickets, grants, the policy snapshot that gateways load, the client that reads through a
gateway, exchange records and the citizen's view of them, questions about a read.
Does not own: what departments hold (resources), carrying out a read (gateway), who people are (identity).

Invariants:
- A ticket exists only for a purpose that was opened in the transaction that needed it, and lives 24 hours at most.
- A purpose once closed is never open again; gateways know of it within two seconds.
- A snapshot is signed, has a version above all before it, and expires; without a valid one gateways refuse.
- Exchange records are added by gateways, and for fetched data that a declaration shows to a department by this context;
  they are never changed or deleted, and hold pseudonyms and digests, no data.
- Contexts read departmental data through ``fetch_many`` and in no other way.
"""
