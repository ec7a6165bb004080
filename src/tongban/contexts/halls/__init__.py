"""Halls: where and when the city's offices work.

Owns: the published working-day calendar, halls and their windows, opening hours, the machines that stand in them.
Does not own: clock arithmetic (engines/clock), cases handled at a window (cases), staff (identity).
Invariants: a calendar year is published whole; loading the same file again changes nothing; a year that nobody
published is provisional, never guessed to be without holidays. A machine is known by a token that only its own browser
holds, given once for a code typed on it; where it stands is what the pack says, never what the machine says.
"""
