"""Halls: where and when the city's offices work.

Owns: the published working-day calendar, halls and their windows, opening hours.
Does not own: clock arithmetic (engines/clock), cases handled at a window (cases), staff (identity).
Invariants: a calendar year is published whole; loading the same file again changes nothing; a year that nobody
published is provisional, never guessed to be without holidays.
"""
