"""The data plane of the exchange: the only way to departmental data.

Owns: authentication of consumers, verification of purpose tickets, the decision on every read, the adapters to
departments' systems, and the durable record written before any answer leaves.
Does not own: who may read what (exchange compiles the policy), what a resource means (resources), storing data.
Invariants: no purpose, no read; nothing outside the granted fields is released; no byte is released before its
record is committed; a refusal or failure is recorded like an answer; logs hold no personal value; without a valid,
signed, unexpired policy every read is refused.
"""
