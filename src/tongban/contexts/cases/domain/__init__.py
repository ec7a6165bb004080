"""Pure rules of cases: states, steps, lanes, numbers, and how a case is told to people."""
