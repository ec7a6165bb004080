"""市公安局: a population register in PostgreSQL, moved from a mainframe and still looking like it."""
