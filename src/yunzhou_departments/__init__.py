"""The seven departmental systems of the fictional city 云州市, and the synthetic population that they hold.

Owns: the population generator, four PostgreSQL schemas (police, estate, social, market), an HTTP/JSON service
(medical-insurance), an HTTP/XML service (civil-affairs) and a nightly CSV drop (housing-fund), each with its own
names, codes, formats and mistakes, as departments have them.
Does not own: anything of the platform. Nothing imports this package; its systems are started as processes of their
own and reached only through the gateway. It imports `tongban.kernel` for check characters and nothing else of it.
Invariants: no real person's data, ever: every identity number starts with the unassigned division prefix 99 and every
telephone number with the unassigned prefix 12. One seed gives one population. Every planted disagreement between two
departments is listed in `discrepancies.csv`.
"""
