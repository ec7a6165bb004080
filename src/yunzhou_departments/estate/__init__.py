"""市规划和自然资源局: a real-estate register in PostgreSQL; addresses are sentences and money is in 10,000 yuan."""
