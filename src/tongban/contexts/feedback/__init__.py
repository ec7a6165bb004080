"""Feedback that is answered: reports 找茬, ratings 好差评, routing, the 24 h and 7 d clocks, public statistics.

Owns: reports, ratings, their routing and clocks, the closed loop.
Does not own: mining of consultations (insight).
Invariants: one rating per case and stage; a first answer satisfies the answer clock whatever else happens.
"""
