"""Breaks a real server, worker and database at random moments, and checks that no label is lost by it."""
