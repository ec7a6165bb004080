"""FEEL and DMN: one front end, back ends for Python, SQL and bitmasks. Pure."""
