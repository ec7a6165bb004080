"""What an applicant fills in and hands over: applications, prefilled values, materials, declarations.

Owns: the reading of form definitions, applications while they are drafts, values with where each came from, sources
that could not answer, uploaded files, overrides with their reason, declarations.
Does not own: which form a service has (services), reading departments' data (exchange), the process that follows
(cases), issued licences (licences).

Invariants:
- A value fetched from a department carries its source, dates and record version, and changes only by an override with
  a reason; both values are kept.
- An application belongs to one person and one service version for its whole life.
- A save names the revision it was made on; a stale one changes nothing and loses nothing.
- A declaration is made once from an application and never changes; the database refuses it.
- Values, reasons, file names and file bytes are encrypted at rest; what an upload is, its bytes decide.
- No database transaction is held open while a department is asked.
"""
