"""Services: what the city offers, as GB/T 39046 describes it.

Owns: service items and their dated versions, guides, bundles, themes, the search index, data-quality tickets about
sections that a department has not published, and the import of a city's catalogue.

Does not own: running cases (cases), what residents fill in (forms), the departments themselves (identity).

Invariants: a version never changes once written, a changed item gets the next one; importing the same facts twice
changes nothing; a section that is not published is absent and has one open ticket, never an invented value; the search
document of an item is written in the transaction of its change.
"""
