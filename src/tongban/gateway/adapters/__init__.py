"""How the gateway reaches departments' systems: one module for each kind of source."""
