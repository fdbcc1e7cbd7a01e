"""This runbook does nothing outside of its gates."""
