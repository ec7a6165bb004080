"""What a pack's files must say about each other: one module for each kind of file."""
