"""The ledger: sequencer and witness processes over ``engines/tlog``.

Owns: ordering of exchange records, checkpoints, cosignatures. Does not own: what a record says (wire, exchange).
No Django.
"""
