"""Messages between processes of the platform, as pure structures.

Owns: the policy snapshot that exchange publishes and gateways load, purpose tickets, the gateway's request and
answer, the exchange record, closures of purposes, and the names of the tables over which they travel.
Does not own: signing (exchange, gateway), who may read what (exchange), how a source is reached (gateway).
Invariant: a structure here changes only by adding optional members; golden files hold each shape.
"""
