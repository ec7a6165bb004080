"""Rules of exchange: purposes, tickets, grants."""
