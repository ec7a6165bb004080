"""Pages about the city's services as a whole: halls, accessibility, privacy."""
