"""Where residents lose time.

Owns: clickstream, consultation mining, questionnaires, the UX lab, forecasts and staffing, sharing appraisal, the
silo radar.
Does not own: fixing what it finds.
Invariants: nothing here identifies a person.
"""
