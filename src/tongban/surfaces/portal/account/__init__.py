"""Pages about oneself: signing in and up, the real name, security, profile, notices, display preferences."""
