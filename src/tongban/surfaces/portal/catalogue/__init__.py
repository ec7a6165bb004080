"""Finding a service and reading its guide: home, search, lists, guide."""
