"""Applying for a service: one page that asks only what the city does not hold, then one act of handing in."""
