"""市人力资源和社会保障局: an insurance system in PostgreSQL whose tables and columns are numbers."""
