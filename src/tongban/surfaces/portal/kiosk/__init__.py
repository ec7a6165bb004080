"""Machines in halls that everybody uses: large, short, and cleared when somebody leaves."""
