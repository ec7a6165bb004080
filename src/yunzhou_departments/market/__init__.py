"""市市场监督管理局: the register of enterprises in PostgreSQL, columns named by the trade's English abbreviations."""
