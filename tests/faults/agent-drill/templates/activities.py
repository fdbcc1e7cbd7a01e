"""This runbook does nothing but ask its agent."""
