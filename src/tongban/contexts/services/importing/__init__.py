"""Any city's export of service items, brought to GB/T 39046 facts: bytes and parsed YAML in, facts and findings out."""
