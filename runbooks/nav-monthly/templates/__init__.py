"""The nav-monthly runbook."""
