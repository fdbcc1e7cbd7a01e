"""The expense-processor runbook."""
