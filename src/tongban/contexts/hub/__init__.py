"""The data hub: collect, govern, use, manage (汇治用管).

Owns: sources, standardisation, quality rules, entity resolution, the base libraries 人口/法人/证照 with the origin of
every value, lineage.
Does not own: online reads (exchange).
Invariants: no row of a source is dropped without a reason on record; merging increments equals rebuilding.
"""
