"""The nav-monthly-journals runbook."""
