"""Cases 办件: what happens between a declaration and its decision.

Owns: published process versions, cases, tokens, tasks, statutory clocks, supplements, the reasons of every wait, the
event log of a case, and the steps the platform itself does (issue a licence, send a notice).
Does not own: form content and materials (forms), licences (licences), the working-day calendar (halls), what a
department may read (exchange).
Invariants: a case keeps the process version it began under; a declaration makes at most one case; every write locks
the case first; a task is decided at most once; the clock starts at acceptance 受理 and stops at closure; at every
moment of an open case somebody named is being waited for; the log only grows and its entries are chained.
"""
